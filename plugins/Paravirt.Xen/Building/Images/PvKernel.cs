namespace Dominion.Paravirt.Xen.Building.Images;

/// <summary>A kernel for a paravirtual domain, ready to be loaded; every address is checked against the others, the domain's memory and the VMM's part of the address space.</summary>
internal sealed record PvKernel
{
    /// <summary>A 64-bit kernel; otherwise a 32-bit one with PAE.</summary>
    public required bool Is64Bit { get; init; }

    /// <summary>What to load, by ascending address, without overlaps.</summary>
    public required IReadOnlyList<PvSegment> Segments { get; init; }

    /// <summary>The virtual address of pseudo-physical address 0, a multiple of the page size.</summary>
    public required ulong VirtualBase { get; init; }

    /// <summary>The virtual address of the first byte of the kernel, a multiple of the page size.</summary>
    public required ulong VirtualStart { get; init; }

    /// <summary>The virtual address behind the last byte of the kernel, its zeroes and symbols included.</summary>
    public required ulong VirtualEnd { get; init; }

    /// <summary>The virtual address of the first instruction.</summary>
    public required ulong Entry { get; init; }

    /// <summary>The virtual address of the hypercall page, inside the kernel, or null when it brings stubs of its own.</summary>
    public required ulong? HypercallPage { get; init; }

    /// <summary>The virtual address of the initial physical-to-machine map, or null when it goes behind the kernel like everything else. Only in 64-bit kernels.</summary>
    public required ulong? InitialP2M { get; init; }

    /// <summary>The RAM disk stays unmapped and start_info gives its frame.</summary>
    public required bool ModuleStartPfn { get; init; }

    /// <summary>The features that the kernel does not run without.</summary>
    public required XenFeatures RequiredFeatures { get; init; }

    /// <summary>The features that it can use.</summary>
    public required XenFeatures SupportedFeatures { get; init; }

    /// <summary>The page tables of a 32-bit kernel; <see cref="PaeMode.None"/> for a 64-bit one.</summary>
    public required PaeMode PaeMode { get; init; }

    /// <summary>Everything that the kernel says of itself.</summary>
    public required XenNotes Notes { get; init; }

    /// <summary>The pseudo-physical address of the first byte of the kernel.</summary>
    public ulong PhysicalStart => VirtualStart - VirtualBase;

    /// <summary>The pseudo-physical address behind the last byte of the kernel.</summary>
    public ulong PhysicalEnd => VirtualEnd - VirtualBase;
}
