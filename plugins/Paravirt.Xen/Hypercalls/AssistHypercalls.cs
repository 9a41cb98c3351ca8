using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.Domains;

namespace Dominion.Paravirt.Xen.Hypercalls;

/// <summary>vm_assist (xen/include/public/xen.h, VMASST_*).</summary>
internal static class AssistHypercalls
{
    /// <summary>Writes to page tables by ordinary instructions.</summary>
    public const int WritablePageTables = 2;

    /// <summary>PUSHF and IRET frames show the IOPL as the guest set it.</summary>
    public const int ArchitecturalIopl = 4;

    /// <summary>The time of a runstate's start has its top bit set while it is updated.</summary>
    public const int RunstateUpdateFlag = 5;

    private const int Enable = 0;
    private const int Disable = 1;
    private const ulong Known = (1UL << 0) | (1UL << 1) | (1UL << WritablePageTables) | (1UL << 3) | (1UL << ArchitecturalIopl) | (1UL << RunstateUpdateFlag);

    public static long Invoke(PvVcpu vcpu, in HypercallArguments arguments)
    {
        ulong type = arguments[1];
        if (type >= 64 || ((Known >> (int)type) & 1) == 0)
            return HypercallTable.Error(XenError.Invalid);
        switch (arguments[0])
        {
            case Enable:
                Interlocked.Or(ref vcpu.Domain.Assists, 1UL << (int)type);
                return 0;
            case Disable:
                Interlocked.And(ref vcpu.Domain.Assists, ~(1UL << (int)type));
                return 0;
            default:
                return HypercallTable.Error(XenError.NotImplemented);
        }
    }
}
