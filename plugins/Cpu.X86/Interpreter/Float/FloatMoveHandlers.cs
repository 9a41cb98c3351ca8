using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.Interpreter.Float.Formats;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Float;

/// <summary>Handlers of <see cref="FloatMoves"/>.</summary>
internal static unsafe class FloatMoveHandlers
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Load<TFormat, T, TAddressing>(CoreState* s, Op* op, X86Core c)
        where TFormat : IFloatSource<T>
        where T : unmanaged
        where TAddressing : IAddressing
    {
        if (FloatStack.IsBlocked(s))
            return FloatStack.Refuse(s, op, c);
        if (!FloatMemory.Load<T, TAddressing>(s, op, c, out T bits))
            return c.Abort(op);
        if (!FloatStack.IsEmpty(s, -1))
        {
            if (FloatStack.Overflow(s))
                FloatStack.Push(s, Float80.Indefinite);
            return op + 1;
        }

        var context = new X87Context(s->Arch.FloatControl);
        Float80 value = TFormat.Load(ref context, bits);
        FloatStack.Report(s, context);
        if (!context.SuppressesLoad)
            FloatStack.Push(s, value);
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* LoadRegister(CoreState* s, Op* op, X86Core c)
    {
        if (FloatStack.IsBlocked(s))
            return FloatStack.Refuse(s, op, c);
        FloatStack.Record(s, op, c);
        bool empty = FloatStack.IsEmpty(s, op->Rm);
        if (empty || !FloatStack.IsEmpty(s, -1))
        {
            if (empty ? FloatStack.Underflow(s) : FloatStack.Overflow(s))
                FloatStack.Push(s, Float80.Indefinite);
            return op + 1;
        }

        FloatStack.ClearC1(s);
        FloatStack.Push(s, *FloatStack.At(s, op->Rm));
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* LoadConstant(CoreState* s, Op* op, X86Core c)
    {
        if (FloatStack.IsBlocked(s))
            return FloatStack.Refuse(s, op, c);
        FloatStack.Record(s, op, c);
        if (!FloatStack.IsEmpty(s, -1))
        {
            if (FloatStack.Overflow(s))
                FloatStack.Push(s, Float80.Indefinite);
            return op + 1;
        }

        FloatStack.ClearC1(s);
        FloatStack.Push(s, X87Constants.Load((X87Constant)op->Reg, new X87Context(s->Arch.FloatControl).Rounding));
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Store<TFormat, T, TAddressing>(CoreState* s, Op* op, X86Core c)
        where TFormat : IFloatDestination<T>
        where T : unmanaged
        where TAddressing : IAddressing
    {
        if (FloatStack.IsBlocked(s))
            return FloatStack.Refuse(s, op, c);
        if (FloatStack.IsEmpty(s, 0))
            return StoreEmpty<TFormat, T, TAddressing>(s, op, c);
        var context = new X87Context(s->Arch.FloatControl);
        T bits = TFormat.Store(ref context, *FloatStack.At(s, 0));
        if (context.SuppressesStore)
        {
            if (!FloatMemory.Probe<T, TAddressing>(s, op, c))
                return c.Abort(op);
            FloatStack.Report(s, context);
            return op + 1;
        }

        if (!FloatMemory.Store<T, TAddressing>(s, op, c, bits))
            return c.Abort(op);
        FloatStack.Report(s, context);
        FloatStack.Pop(s, op->Size);
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* StoreRegister(CoreState* s, Op* op, X86Core c)
    {
        if (FloatStack.IsBlocked(s))
            return FloatStack.Refuse(s, op, c);
        FloatStack.Record(s, op, c);
        if (FloatStack.IsEmpty(s, 0))
        {
            if (FloatStack.Underflow(s))
            {
                FloatStack.Write(s, op->Reg, Float80.Indefinite);
                FloatStack.Pop(s, op->Size);
            }

            return op + 1;
        }

        FloatStack.ClearC1(s);
        FloatStack.Write(s, op->Reg, *FloatStack.At(s, 0));
        FloatStack.Pop(s, op->Size);
        return op + 1;
    }

    /// <summary>FSTPNCE: of an empty register there is no copy and no exception, only the pop.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* StoreRegisterUnchecked(CoreState* s, Op* op, X86Core c)
    {
        if (FloatStack.IsBlocked(s))
            return FloatStack.Refuse(s, op, c);
        FloatStack.Record(s, op, c);
        FloatStack.ClearC1(s);
        if (!FloatStack.IsEmpty(s, 0))
            FloatStack.Write(s, op->Reg, *FloatStack.At(s, 0));
        FloatStack.Pop(s, 1);
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Exchange(CoreState* s, Op* op, X86Core c)
    {
        if (FloatStack.IsBlocked(s))
            return FloatStack.Refuse(s, op, c);
        FloatStack.Record(s, op, c);
        bool topEmpty = FloatStack.IsEmpty(s, 0);
        bool otherEmpty = FloatStack.IsEmpty(s, op->Rm);
        if (!topEmpty && !otherEmpty)
            FloatStack.ClearC1(s);
        else if (!FloatStack.Underflow(s))
            return op + 1;

        Float80 top = topEmpty ? Float80.Indefinite : *FloatStack.At(s, 0);
        FloatStack.Write(s, 0, otherEmpty ? Float80.Indefinite : *FloatStack.At(s, op->Rm));
        FloatStack.Write(s, op->Rm, top);
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* ConditionalMove(CoreState* s, Op* op, X86Core c)
    {
        if (FloatStack.IsBlocked(s))
            return FloatStack.Refuse(s, op, c);
        FloatStack.Record(s, op, c);
        if (FloatStack.IsEmpty(s, 0) || FloatStack.IsEmpty(s, op->Rm))
        {
            if (FloatStack.Underflow(s))
                FloatStack.Write(s, 0, Float80.Indefinite);
            return op + 1;
        }

        bool set = (Flags.GetStatus(s) & (ulong)op->Immediate) != 0;
        if (set == (op->Size == 0))
            FloatStack.Write(s, 0, *FloatStack.At(s, op->Rm));
        return op + 1;
    }

    /// <summary>A store from an empty register: the indefinite value when the invalid operation is masked.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Op* StoreEmpty<TFormat, T, TAddressing>(CoreState* s, Op* op, X86Core c)
        where TFormat : IFloatDestination<T>
        where T : unmanaged
        where TAddressing : IAddressing
    {
        bool masked = (s->Arch.FloatControl & FloatBits.InvalidOperation) != 0;
        if (masked ? !FloatMemory.Store<T, TAddressing>(s, op, c, TFormat.Indefinite) : !FloatMemory.Probe<T, TAddressing>(s, op, c))
            return c.Abort(op);
        if (FloatStack.Underflow(s))
            FloatStack.Pop(s, op->Size);
        return op + 1;
    }
}
