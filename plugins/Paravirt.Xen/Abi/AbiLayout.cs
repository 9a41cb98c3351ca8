namespace Dominion.Paravirt.Xen.Abi;

/// <summary>Sizes and offsets of the ABI's structures as a guest of one width sees them (xen/include/public/xen.h, arch-x86/xen.h). Bytes unless said otherwise.</summary>
internal sealed record AbiLayout
{
    /// <summary>The layout of 64-bit guests.</summary>
    public static AbiLayout Bits64 { get; } = new();

    /// <summary>An unsigned long's size.</summary>
    public int Word { get; init; } = 8;

    /// <summary>vcpu_info's size, at the start of shared_info for each of the first 32 vCPUs.</summary>
    public int VcpuInfoSize { get; init; } = 64;

    /// <summary>vcpu_info.evtchn_pending_sel.</summary>
    public int VcpuPendingSelector { get; init; } = 8;

    /// <summary>vcpu_info.arch.cr2.</summary>
    public int VcpuCr2 { get; init; } = 16;

    /// <summary>vcpu_info.time.</summary>
    public int VcpuTime { get; init; } = 32;

    /// <summary>shared_info.evtchn_pending.</summary>
    public int SharedPending { get; init; } = 2048;

    /// <summary>shared_info.evtchn_mask.</summary>
    public int SharedMask { get; init; } = 2560;

    /// <summary>shared_info.wc_version; seconds and nanoseconds follow.</summary>
    public int SharedWallClock { get; init; } = 3072;

    /// <summary>shared_info.wc_sec_hi.</summary>
    public int SharedWallClockHigh { get; init; } = 3084;

    /// <summary>shared_info.arch.</summary>
    public int SharedArch { get; init; } = 3088;

    /// <summary>Event channels of the 2-level ABI: a bit for each in a word of words.</summary>
    public int TwoLevelPorts => Word * Word * 64;

    /// <summary>start_info's size.</summary>
    public int StartInfoSize { get; init; } = 1168;

    /// <summary>start_info.nr_pages.</summary>
    public int StartPages { get; init; } = 32;

    /// <summary>start_info.shared_info.</summary>
    public int StartSharedInfo { get; init; } = 40;

    /// <summary>start_info.flags.</summary>
    public int StartFlags { get; init; } = 48;

    /// <summary>start_info.store_mfn.</summary>
    public int StartStoreMfn { get; init; } = 56;

    /// <summary>start_info.store_evtchn.</summary>
    public int StartStorePort { get; init; } = 64;

    /// <summary>start_info.console.domU.mfn.</summary>
    public int StartConsoleMfn { get; init; } = 72;

    /// <summary>start_info.console.domU.evtchn.</summary>
    public int StartConsolePort { get; init; } = 80;

    /// <summary>start_info.pt_base; nr_pt_frames, mfn_list, mod_start and mod_len follow, a word each.</summary>
    public int StartTableBase { get; init; } = 88;

    /// <summary>start_info.cmd_line.</summary>
    public int StartCommandLine { get; init; } = 128;

    /// <summary>start_info.cmd_line's size, with its NUL.</summary>
    public int CommandLineSize { get; init; } = 1024;

    /// <summary>start_info.first_p2m_pfn; nr_p2m_frames follows.</summary>
    public int StartFirstP2m { get; init; } = 1152;

    /// <summary>trap_info's size.</summary>
    public int TrapInfoSize { get; init; } = 16;

    /// <summary>multicall_entry's size: op, result, six arguments.</summary>
    public int MulticallSize { get; init; } = 64;

    /// <summary>vcpu_guest_context's size.</summary>
    public int GuestContextSize { get; init; } = 5168;
}
