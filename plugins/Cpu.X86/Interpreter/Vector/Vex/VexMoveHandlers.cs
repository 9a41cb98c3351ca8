using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Vector.Vex;

/// <summary>Handlers that move 128 or 256 bits as a <typeparamref name="T"/>.</summary>
internal static unsafe class VexMoveHandlers<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Copy(CoreState* s, Op* op, X86Core c)
    {
        if (s->AvxBlocked != 0)
            return Availability.RefuseAvx(op, c);
        return Finish(s, op, Registers.Get<T>(s, op->Rm));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Load<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (s->AvxBlocked != 0)
            return Availability.RefuseAvx(op, c);
        return Mem.Load<T, TAddressing>(s, op, c, out T value) ? Finish(s, op, value) : c.Abort(op);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* LoadAligned<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (s->AvxBlocked != 0)
            return Availability.RefuseAvx(op, c);
        return TAddressing.Resolve(s, op, c, sizeof(T), false, out ulong linear)
            && IsAligned(c, linear)
            && Mem.LoadAt(s, c, op->Segment, linear, out T value)
            ? Finish(s, op, value)
            : c.Abort(op);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Store<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (s->AvxBlocked != 0)
            return Availability.RefuseAvx(op, c);
        return Mem.Store<T, TAddressing>(s, op, c, Registers.Get<T>(s, op->Rm)) ? op + 1 : c.Abort(op);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* StoreAligned<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (s->AvxBlocked != 0)
            return Availability.RefuseAvx(op, c);
        return TAddressing.Resolve(s, op, c, sizeof(T), true, out ulong linear)
            && IsAligned(c, linear)
            && Mem.StoreAt(s, c, op->Segment, linear, Registers.Get<T>(s, op->Rm))
            ? op + 1
            : c.Abort(op);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Op* Finish(CoreState* s, Op* op, T value)
    {
        *(T*)((byte*)s + op->Reg) = value;
        if (sizeof(T) == sizeof(Vector128<byte>))
            *(Vector128<byte>*)((byte*)s + op->Reg + sizeof(T)) = Vector128<byte>.Zero;
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsAligned(X86Core c, ulong linear) =>
        (linear & (ulong)(sizeof(T) - 1)) == 0 || c.SetFault(X86Exception.GeneralProtection, 0);
}
