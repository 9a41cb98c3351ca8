using System.Numerics;
using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>Handlers of MOVZX, MOVSX and MOVSXD: <typeparamref name="TFrom"/>'s signedness says how to extend.</summary>
internal static unsafe class ExtendHandlers<TFrom, TTo>
    where TFrom : unmanaged, IBinaryInteger<TFrom>
    where TTo : unmanaged, IBinaryInteger<TTo>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Reg(CoreState* s, Op* op, X86Core c)
    {
        Registers.Set(s, op->Reg, TTo.CreateTruncating(Registers.Get<TFrom>(s, op->Rm)));
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Mem<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (!Memory.Mem.Load<TFrom, TAddressing>(s, op, c, out TFrom value))
            return c.Abort(op);
        Registers.Set(s, op->Reg, TTo.CreateTruncating(value));
        return op + 1;
    }
}
