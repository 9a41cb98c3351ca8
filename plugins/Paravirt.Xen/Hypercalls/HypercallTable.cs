using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.Domains;

namespace Dominion.Paravirt.Xen.Hypercalls;

/// <summary>The hypercalls by number (xen/include/public/xen.h, __HYPERVISOR_*). A number that is not here is -ENOSYS.</summary>
internal static class HypercallTable
{
    /// <summary>How many hypercalls a hypercall page has room for.</summary>
    public const int PageEntries = 128;

    private static readonly Dictionary<ulong, HypercallEntry> Entries = new()
    {
        [0] = new("set_trap_table", TrapHypercalls.SetTrapTable),
        [1] = new("mmu_update", MmuHypercalls.Update),
        [2] = new("set_gdt", DescriptorHypercalls.SetGdt),
        [3] = new("stack_switch", TrapHypercalls.StackSwitch),
        [5] = new("fpu_taskswitch", CpuHypercalls.FpuTaskSwitch),
        [8] = new("set_debugreg", CpuHypercalls.SetDebugRegister),
        [9] = new("get_debugreg", CpuHypercalls.GetDebugRegister),
        [10] = new("update_descriptor", DescriptorHypercalls.UpdateDescriptor),
        [12] = new("memory_op", MemoryHypercalls.Invoke),
        [13] = new("multicall", Multicall.Invoke),
        [14] = new("update_va_mapping", MmuHypercalls.UpdateMapping),
        [15] = new("set_timer_op", TimerHypercalls.SetTimer),
        [17] = new("xen_version", VersionHypercalls.Invoke),
        [18] = new("console_io", ConsoleHypercalls.Invoke),
        [20] = new("grant_table_op", GrantHypercalls.Invoke),
        [21] = new("vm_assist", AssistHypercalls.Invoke),
        [23] = new("iret", InterruptReturn.Invoke),
        [24] = new("vcpu_op", VcpuHypercalls.Invoke),
        [25] = new("set_segment_base", CpuHypercalls.SetSegmentBase),
        [26] = new("mmuext_op", MmuExtendedHypercalls.Invoke),
        [28] = new("nmi_op", TrapHypercalls.NmiOperation),
        [29] = new("sched_op", SchedulerHypercalls.Invoke),
        [30] = new("callback_op", TrapHypercalls.CallbackOperation),
        [32] = new("event_channel_op", EventChannelHypercalls.Invoke),
        [33] = new("physdev_op", PhysicalDeviceHypercalls.Invoke),
    };

    /// <summary>The number of the hypercall that returns from a trap.</summary>
    public const ulong InterruptReturnNumber = 23;

    /// <summary>Does a hypercall.</summary>
    /// <param name="vcpu">Who calls.</param>
    /// <param name="number">Which.</param>
    /// <param name="arguments">With what.</param>
    /// <returns>What the guest gets.</returns>
    public static long Invoke(PvVcpu vcpu, ulong number, in HypercallArguments arguments) =>
        Entries.TryGetValue(number, out HypercallEntry? entry) ? entry.Handler(vcpu, arguments) : Error(XenError.NotImplemented);

    /// <summary>An error as a guest gets it.</summary>
    public static long Error(XenError error) => -(long)error;
}
