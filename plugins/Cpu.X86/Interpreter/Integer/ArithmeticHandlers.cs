using System.Numerics;
using System.Runtime.CompilerServices;
using System.Threading;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>Handlers of two-operand and one-operand arithmetic, one for each operation, width and addressing.</summary>
internal static unsafe class ArithmeticHandlers<TOperation, T>
    where TOperation : IBinaryOperation
    where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* RegReg(CoreState* s, Op* op, X86Core c)
    {
        T result = TOperation.Do(s, Registers.Get<T>(s, op->Reg), Registers.Get<T>(s, op->Rm));
        if (TOperation.Writes)
            Registers.Set(s, op->Reg, result);
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* RegImm(CoreState* s, Op* op, X86Core c)
    {
        T result = TOperation.Do(s, Registers.Get<T>(s, op->Reg), T.CreateTruncating(op->Immediate));
        if (TOperation.Writes)
            Registers.Set(s, op->Reg, result);
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* RegMem<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (!Mem.Load<T, TAddressing>(s, op, c, out T b))
            return c.Abort(op);
        T result = TOperation.Do(s, Registers.Get<T>(s, op->Reg), b);
        if (TOperation.Writes)
            Registers.Set(s, op->Reg, result);
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* MemReg<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing => Modify<TAddressing>(s, op, c, Registers.Get<T>(s, op->Reg));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* MemImm<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing => Modify<TAddressing>(s, op, c, T.CreateTruncating(op->Immediate));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* LockedMemReg<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing => ModifyLocked<TAddressing>(s, op, c, Registers.Get<T>(s, op->Reg));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* LockedMemImm<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing => ModifyLocked<TAddressing>(s, op, c, T.CreateTruncating(op->Immediate));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Op* Modify<TAddressing>(CoreState* s, Op* op, X86Core c, T b)
        where TAddressing : IAddressing
    {
        if (!TOperation.Writes)
        {
            if (!Mem.Load<T, TAddressing>(s, op, c, out T a))
                return c.Abort(op);
            TOperation.Do(s, a, b);
            return op + 1;
        }

        if (!Mem.Modify<T, TAddressing>(s, op, c, out ulong linear, out T* host))
            return c.Abort(op);
        if (host != null)
        {
            Unsafe.WriteUnaligned(host, TOperation.Do(s, Unsafe.ReadUnaligned<T>(host), b));
            return op + 1;
        }

        return ModifyPiecewise(s, op, c, linear, b);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Op* ModifyPiecewise(CoreState* s, Op* op, X86Core c, ulong linear, T b)
    {
        if (!Mem.LoadAt(s, c, op->Segment, linear, out T a))
            return c.Abort(op);
        T result = TOperation.Do(s, a, b);
        return Mem.StoreAt(s, c, op->Segment, linear, result) ? op + 1 : c.Abort(op);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Op* ModifyLocked<TAddressing>(CoreState* s, Op* op, X86Core c, T b)
        where TAddressing : IAddressing
    {
        if (!Mem.Modify<T, TAddressing>(s, op, c, out ulong linear, out T* host))
            return c.Abort(op);
        if (host == null)
        {
            c.BeginExclusive();
            Op* next = ModifyPiecewise(s, op, c, linear, b);
            c.EndExclusive();
            return next;
        }

        // ADC and SBB read a flag that a lost race has changed.
        ulong result0 = s->FlagResult;
        ulong aux0 = s->FlagAux;
        while (true)
        {
            T a = Unsafe.ReadUnaligned<T>(host);
            T result = TOperation.Do(s, a, b);
            if (Atomic.CompareExchange(host, result, a))
                return op + 1;
            s->FlagResult = result0;
            s->FlagAux = aux0;
        }
    }
}
