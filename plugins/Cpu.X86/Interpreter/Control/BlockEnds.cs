using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Control;

/// <summary>What stands behind a block's last instruction, and what stands for an instruction that is none.</summary>
internal static unsafe class BlockEnds
{
    /// <summary>Goes on with the instructions that follow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* GoOn(CoreState* s, Op* op, X86Core c) => X86Core.FallThrough(s, (s->BlockRip + op->Offset) & X86Core.RipMask(s));

    /// <summary>Goes back to the outer loop.</summary>
    public static Op* Leave(CoreState* s, Op* op, X86Core c) => c.LeaveAt((s->BlockRip + op->Offset) & X86Core.RipMask(s));

    /// <summary>Stands in for what follows an instruction that wrote over its own block: fetches anew.</summary>
    public static Op* Refetch(CoreState* s, Op* op, X86Core c)
    {
        s->Budget += s->Block->Count - op->Number;
        return c.LeaveAt((s->BlockRip + op->Offset) & X86Core.RipMask(s));
    }

    /// <summary>#UD.</summary>
    public static Op* Undefined(CoreState* s, Op* op, X86Core c) => c.Undefined(op);

    /// <summary>#GP(0): more than 15 bytes (SDM volume 3A, 6.15 "General Protection Exception").</summary>
    public static Op* TooLong(CoreState* s, Op* op, X86Core c) => c.GeneralProtection(op);

    /// <summary>An instruction that an extension registered: its unit does the work.</summary>
    public static Op* Extension(CoreState* s, Op* op, X86Core c)
    {
        var info = new X86InterceptInfo { Intercept = X86Intercept.ExtensionInstruction, Operand = (uint)op->Immediate };
        return c.Intercepted(op, ref info, out Op* next) ? next : c.Undefined(op);
    }
}
