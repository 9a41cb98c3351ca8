using System.Numerics;
using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>Handlers of one-operand arithmetic.</summary>
internal static unsafe class UnaryHandlers<TOperation, T>
    where TOperation : IUnaryOperation
    where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Reg(CoreState* s, Op* op, X86Core c)
    {
        Registers.Set(s, op->Reg, TOperation.Do(s, Registers.Get<T>(s, op->Reg)));
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Mem<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (!Memory.Mem.Modify<T, TAddressing>(s, op, c, out ulong linear, out T* host))
            return c.Abort(op);
        bool locked = (op->Prefix & OpPrefix.Lock) != 0;
        if (host == null)
        {
            if (!locked)
                return Piecewise(s, op, c, linear);
            c.BeginExclusive();
            Op* next = Piecewise(s, op, c, linear);
            c.EndExclusive();
            return next;
        }

        if (!locked)
        {
            Unsafe.WriteUnaligned(host, TOperation.Do(s, Unsafe.ReadUnaligned<T>(host)));
            return op + 1;
        }

        // INC and DEC keep a flag that a lost race leaves as it was.
        while (true)
        {
            T a = Unsafe.ReadUnaligned<T>(host);
            if (Atomic.CompareExchange(host, TOperation.Do(s, a), a))
                return op + 1;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Op* Piecewise(CoreState* s, Op* op, X86Core c, ulong linear)
    {
        if (!Memory.Mem.LoadAt(s, c, op->Segment, linear, out T a))
            return c.Abort(op);
        return Memory.Mem.StoreAt(s, c, op->Segment, linear, TOperation.Do(s, a)) ? op + 1 : c.Abort(op);
    }
}
