using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.FloatingPoint.Sse;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.Interpreter.Vector.Operations;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Vector.Handlers;

/// <summary>Handlers of conversions between MMX and XMM registers: the rules of both files hold.</summary>
internal static unsafe class MixedHandlers<TOperation, TTo, TFrom>
    where TOperation : IFloatOperation
    where TTo : IRegisterFile
    where TFrom : IRegisterFile
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Register(CoreState* s, Op* op, X86Core c)
    {
        if (IsBlocked(s))
            return Refuse(s, op, c);
        return Finish(s, op, c, TFrom.Read(s, op->Rm));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Memory<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (IsBlocked(s))
            return Refuse(s, op, c);
        return VectorMemory.LoadAligned<TAddressing>(s, op, c, out Vector128<byte> b) ? Finish(s, op, c, b) : c.Abort(op);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Partial<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (IsBlocked(s))
            return Refuse(s, op, c);
        return VectorMemory.LoadPartial<TAddressing>(s, op, c, out Vector128<byte> b) ? Finish(s, op, c, b) : c.Abort(op);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsBlocked(CoreState* s) => s->SseBlocked != 0 || TTo.IsBlocked(s) || TFrom.IsBlocked(s);

    private static Op* Refuse(CoreState* s, Op* op, X86Core c) =>
        s->SseBlocked != 0 ? Availability.RefuseSse(s, op, c) : Availability.RefuseMmx(s, op, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Op* Finish(CoreState* s, Op* op, X86Core c, Vector128<byte> b)
    {
        TTo.Use(s);
        TFrom.Use(s);
        FloatExceptions raised = FloatExceptions.None;
        Vector128<byte> result = TOperation.Do(TTo.Read(s, op->Reg), b, 0, s->VectorControl, ref raised);
        if (raised != FloatExceptions.None && SseControl.Commit(ref s->Arch.Mxcsr, raised))
            return Availability.RaiseUnmasked(s, op, c);
        TTo.Write(s, op->Reg, result);
        return op + 1;
    }
}
