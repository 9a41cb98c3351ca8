using System.Numerics;
using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>Handlers of shifts and rotations, by a constant or by CL.</summary>
internal static unsafe class ShiftHandlers<TShift, T>
    where TShift : IShift
    where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
{
    private static int CountMask => sizeof(T) == 8 ? 63 : 31;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* RegImm(CoreState* s, Op* op, X86Core c)
    {
        Registers.Set(s, op->Reg, TShift.Do(s, Registers.Get<T>(s, op->Reg), (int)op->Immediate));
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* RegCl(CoreState* s, Op* op, X86Core c)
    {
        Registers.Set(s, op->Reg, TShift.Do(s, Registers.Get<T>(s, op->Reg), Cl(s)));
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* MemImm<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing => Modify<TAddressing>(s, op, c, (int)op->Immediate);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* MemCl<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing => Modify<TAddressing>(s, op, c, Cl(s));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Cl(CoreState* s) => (int)Registers.Get(s, X86Register.Rcx) & CountMask;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Op* Modify<TAddressing>(CoreState* s, Op* op, X86Core c, int count)
        where TAddressing : IAddressing
    {
        if (!Mem.Modify<T, TAddressing>(s, op, c, out ulong linear, out T* host))
            return c.Abort(op);
        if (host != null)
        {
            Unsafe.WriteUnaligned(host, TShift.Do(s, Unsafe.ReadUnaligned<T>(host), count));
            return op + 1;
        }

        if (!Mem.LoadAt(s, c, op->Segment, linear, out T a))
            return c.Abort(op);
        return Mem.StoreAt(s, c, op->Segment, linear, TShift.Do(s, a, count)) ? op + 1 : c.Abort(op);
    }
}
