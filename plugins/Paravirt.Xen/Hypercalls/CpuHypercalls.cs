using Dominion.Cpu.X86;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.Domains;
using Dominion.Paravirt.Xen.Emulation;

namespace Dominion.Paravirt.Xen.Hypercalls;

/// <summary>fpu_taskswitch, the debug registers, set_segment_base.</summary>
internal static class CpuHypercalls
{
    private const int FsBase = 0;
    private const int GsUserBase = 1;
    private const int GsKernelBase = 2;
    private const int GsUserSelector = 3;

    public static long FpuTaskSwitch(PvVcpu vcpu, in HypercallArguments arguments)
    {
        vcpu.SetTaskSwitched(arguments[0] != 0);
        return 0;
    }

    public static long SetDebugRegister(PvVcpu vcpu, in HypercallArguments arguments) =>
        HypercallTable.Error(DebugRegisterRules.Write(ref vcpu.Core.State, (int)Math.Min(arguments[0], 8), arguments[1]));

    public static long GetDebugRegister(PvVcpu vcpu, in HypercallArguments arguments) =>
        DebugRegisterRules.TryRead(ref vcpu.Core.State, (int)Math.Min(arguments[0], 8), out ulong value) ? (long)value : HypercallTable.Error(XenError.Invalid);

    public static long SetSegmentBase(PvVcpu vcpu, in HypercallArguments arguments)
    {
        ulong value = arguments[1];
        ref X86State state = ref vcpu.Core.State;
        if (arguments[0] is FsBase or GsUserBase or GsKernelBase && !GuestAddress.IsCanonical(value))
            return HypercallTable.Error(XenError.Invalid);
        switch (arguments[0])
        {
            case FsBase:
                state.Segments[(int)X86SegmentRegister.Fs].Base = value;
                return 0;
            case GsUserBase:
                state.KernelGsBase = value;
                return 0;
            case GsKernelBase:
                state.Segments[(int)X86SegmentRegister.Gs].Base = value;
                return 0;
            case GsUserSelector:
                return LoadUserGs(vcpu, (ushort)value);
            default:
                return HypercallTable.Error(XenError.Invalid);
        }
    }

    /// <summary>Loads GS as the application will see it: between two exchanges of the bases. A selector that cannot be loaded gives the null one.</summary>
    private static long LoadUserGs(PvVcpu vcpu, ushort selector)
    {
        ref X86State state = ref vcpu.Core.State;
        ref X86Segment gs = ref state.Segments[(int)X86SegmentRegister.Gs];
        ulong kernelBase = gs.Base;
        bool loaded = vcpu.Segments.TryLoadData(selector, out X86Segment segment);
        gs = loaded ? segment : SegmentLoader.Null(0);
        state.KernelGsBase = gs.Base;
        gs.Base = kernelBase;
        return loaded || (selector & ~3) == 0 ? 0 : HypercallTable.Error(XenError.Invalid);
    }
}
