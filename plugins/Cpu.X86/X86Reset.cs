using System.Runtime.InteropServices;
using Dominion.Cpu.X86.State;
using Dominion.Cpu.X86.SystemRegisters;

namespace Dominion.Cpu.X86;

/// <summary>The states after power-on, INIT and SIPI (SDM volume 3A, 9.1, table 9-1).</summary>
internal static unsafe class X86Reset
{
    /// <summary>IA32_MISC_ENABLE.ENABLE_MONITOR_FSM (SDM volume 4, table 2-2).</summary>
    public const ulong MonitorEnable = 1 << 18;

    /// <summary>Power-on: everything.</summary>
    public static void PowerOn(X86Core core)
    {
        ref X86State state = ref core.S->Arch;
        state = default;
        state.Cr0 = ControlBits.Cr0ExtensionType | ControlBits.Cr0NotWriteThrough | ControlBits.Cr0CacheDisable;
        state.Pat = 0x0007_0406_0007_0406;
        state.Mxcsr = 0x1F80;
        state.FloatControl = 0x40;
        state.FloatTag = 0x5555;
        state.Xcr0 = 1;
        state.MiscEnable = core.Cpuid.Has("monitor") ? 1ul | MonitorEnable : 1;
        Common(core, ref state);
        state.Activity = core.IsBootstrap ? X86Activity.Active : X86Activity.WaitForStartup;
    }

    /// <summary>INIT: x87, SSE, MSRs of memory types and the TSC stay.</summary>
    public static void Init(X86Core core)
    {
        ref X86State state = ref core.S->Arch;
        state.Cr0 = (state.Cr0 & (ControlBits.Cr0NotWriteThrough | ControlBits.Cr0CacheDisable)) | ControlBits.Cr0ExtensionType;
        MemoryMarshal.CreateSpan(ref state.Gpr[0], 16).Clear();
        state.Cr2 = 0;
        state.Cr3 = 0;
        state.Cr4 = 0;
        state.Efer = 0;
        Common(core, ref state);
        state.Activity = core.IsBootstrap ? X86Activity.Active : X86Activity.WaitForStartup;
        core.FlushTranslations(X86FlushScope.All, 0);
    }

    /// <summary>SIPI: real mode at the page that the vector names.</summary>
    public static void Startup(X86Core core, byte vector)
    {
        ref X86State state = ref core.S->Arch;
        state.Segments[(int)X86SegmentRegister.Cs] = Segment((ushort)(vector << 8), (ulong)vector << 12, 0x9B);
        state.Rip = 0;
        state.Activity = X86Activity.Active;
    }

    private static void Common(X86Core core, ref X86State state)
    {
        state.Rflags = Flags.Fixed;
        state.Rip = 0xFFF0;
        state.Gpr[(int)X86Register.Rdx] = core.Model.Signature;
        for (int i = 0; i <= (int)X86SegmentRegister.Gs; i++)
            state.Segments[i] = Segment(0, 0, 0x93);
        state.Segments[(int)X86SegmentRegister.Cs] = Segment(0xF000, 0xFFFF_0000, 0x9B);
        state.Segments[(int)X86SegmentRegister.Ldtr] = Segment(0, 0, 0x82);
        state.Segments[(int)X86SegmentRegister.Tr] = Segment(0, 0, 0x8B);
        state.Gdtr = new X86TableRegister { Limit = 0xFFFF };
        state.Idtr = new X86TableRegister { Limit = 0xFFFF };
        state.Dr6 = DebugRegisters.Dr6Fixed;
        state.Dr7 = DebugRegisters.Dr7Fixed;
        state.StiShadow = false;
        state.MovSsShadow = false;
        state.NmiBlocked = false;
        state.PendingDebug = 0;
    }

    private static X86Segment Segment(ushort selector, ulong address, int attributes) =>
        new() { Selector = selector, Base = address, Limit = 0xFFFF, Attributes = (X86SegmentAttributes)attributes };
}
