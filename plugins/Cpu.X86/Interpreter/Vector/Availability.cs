using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Vector;

/// <summary>Why a vector instruction cannot execute now: what <see cref="CoreState.SseBlocked"/>, <see cref="CoreState.AvxBlocked"/> and <see cref="CoreState.MmxBlocked"/> sum up.</summary>
internal static unsafe class Availability
{
    /// <summary>The answer to an SSE instruction (SDM volume 3A, 14.1.4 and table 2-2).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Op* RefuseSse(CoreState* s, Op* op, X86Core c)
    {
        if ((s->Arch.Cr0 & ControlBits.Cr0Emulation) != 0 || (s->Arch.Cr4 & ControlBits.Cr4OsFxsr) == 0)
            return c.Undefined(op);
        return c.Raise(op, X86Exception.DeviceNotAvailable);
    }

    /// <summary>The answer to an instruction with VEX that works on vector registers. CR0.EM does not bear on it (SDM volume 2, table 2-18 and those behind it).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Op* RefuseAvx(Op* op, X86Core c) => c.HasVex ? c.Raise(op, X86Exception.DeviceNotAvailable) : c.Undefined(op);

    /// <summary>The answer to an MMX instruction (SDM volume 3A, 13.1 and 13.4).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Op* RefuseMmx(CoreState* s, Op* op, X86Core c)
    {
        if ((s->Arch.Cr0 & ControlBits.Cr0Emulation) != 0)
            return c.Undefined(op);
        return c.Raise(op, (s->Arch.Cr0 & ControlBits.Cr0TaskSwitched) != 0 ? X86Exception.DeviceNotAvailable : X86Exception.FloatingPointError);
    }

    /// <summary>The answer to an unmasked SIMD floating-point exception (SDM volume 3A, 6.15 "SIMD Floating-Point Exception").</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Op* RaiseUnmasked(CoreState* s, Op* op, X86Core c) =>
        c.Raise(op, (s->Arch.Cr4 & ControlBits.Cr4OsXmmExceptions) != 0 ? X86Exception.SimdFloatingPoint : X86Exception.InvalidOpcode);
}
