namespace Dominion.Paravirt.Xen.Building.Images;

/// <summary>What a kernel says of itself in Xen's ELF notes (xen/include/public/elfnote.h) or in the section <c>__xen_guest</c>; null where it says nothing.</summary>
internal sealed record XenNotes
{
    /// <summary>Whether this comes from the section <c>__xen_guest</c>, which has other defaults.</summary>
    public bool IsLegacy { get; init; }

    /// <summary>ENTRY: the virtual address of the first instruction.</summary>
    public ulong? Entry { get; init; }

    /// <summary>HYPERCALL_PAGE: the virtual address of the page that the hypercall stubs go to.</summary>
    public ulong? HypercallPage { get; init; }

    /// <summary>VIRT_BASE: the virtual address of pseudo-physical address 0.</summary>
    public ulong? VirtualBase { get; init; }

    /// <summary>PADDR_OFFSET: what p_paddr has in excess of the pseudo-physical address.</summary>
    public ulong? PhysicalOffset { get; init; }

    /// <summary>XEN_VERSION, such as <c>xen-3.0</c>.</summary>
    public string? XenVersion { get; init; }

    /// <summary>GUEST_OS.</summary>
    public string? GuestOs { get; init; }

    /// <summary>GUEST_VERSION.</summary>
    public string? GuestVersion { get; init; }

    /// <summary>LOADER.</summary>
    public string? Loader { get; init; }

    /// <summary>PAE_MODE.</summary>
    public PaeMode PaeMode { get; init; }

    /// <summary>FEATURES.</summary>
    public XenFeatureList Features { get; init; }

    /// <summary>SUPPORTED_FEATURES: features by bit, beside those of <see cref="Features"/>.</summary>
    public XenFeatures SupportedFeatures { get; init; }

    /// <summary>BSD_SYMTAB: the symbol table is wanted behind the kernel.</summary>
    public bool BsdSymbolTable { get; init; }

    /// <summary>HV_START_LOW: the lowest address at which the VMM's part of the address space may begin.</summary>
    public ulong? VmmStartLow { get; init; }

    /// <summary>L1_MFN_VALID: how non-present entries are recognised that hold a machine frame number.</summary>
    public IReadOnlyList<(ulong Mask, ulong Value)> L1MfnValid { get; init; } = [];

    /// <summary>SUSPEND_CANCEL: a suspension may be taken back.</summary>
    public bool SuspendCancel { get; init; }

    /// <summary>INIT_P2M: the virtual address of the initial physical-to-machine map.</summary>
    public ulong? InitialP2M { get; init; }

    /// <summary>MOD_START_PFN: the RAM disk need not be mapped.</summary>
    public bool ModuleStartPfn { get; init; }

    /// <summary>PHYS32_ENTRY: the physical address of the 32-bit entry point of a PVH domain.</summary>
    public uint? Physical32Entry { get; init; }
}
