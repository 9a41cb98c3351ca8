using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.FloatingPoint.Sse;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.Interpreter.Vector.Operations;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Vector.Handlers;

/// <summary>Handlers of floating-point operations on XMM registers, by where the source is.</summary>
internal static unsafe class FloatHandlers<TOperation>
    where TOperation : IFloatOperation
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Register(CoreState* s, Op* op, X86Core c)
    {
        if (s->SseBlocked != 0)
            return Availability.RefuseSse(s, op, c);
        return Finish(s, op, c, XmmFile.Read(s, op->Rm));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* General(CoreState* s, Op* op, X86Core c)
    {
        if (s->SseBlocked != 0)
            return Availability.RefuseSse(s, op, c);
        return Finish(s, op, c, Vector128.CreateScalar(Registers.Get<ulong>(s, op->Rm)).AsByte());
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Memory<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (s->SseBlocked != 0)
            return Availability.RefuseSse(s, op, c);
        return VectorMemory.LoadAligned<TAddressing>(s, op, c, out Vector128<byte> b) ? Finish(s, op, c, b) : c.Abort(op);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Partial<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (s->SseBlocked != 0)
            return Availability.RefuseSse(s, op, c);
        return VectorMemory.LoadPartial<TAddressing>(s, op, c, out Vector128<byte> b) ? Finish(s, op, c, b) : c.Abort(op);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Op* Finish(CoreState* s, Op* op, X86Core c, Vector128<byte> b)
    {
        FloatExceptions raised = FloatExceptions.None;
        Vector128<byte> result = TOperation.Do(XmmFile.Read(s, op->Reg), b, (int)op->Immediate, s->VectorControl, ref raised);
        if (raised != FloatExceptions.None && SseControl.Commit(ref s->Arch.Mxcsr, raised))
            return Availability.RaiseUnmasked(s, op, c);
        XmmFile.Write(s, op->Reg, result);
        return op + 1;
    }
}
