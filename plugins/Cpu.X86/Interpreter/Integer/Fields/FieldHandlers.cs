using System.Numerics;
using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Integer.Fields;

/// <summary>Handlers of BMI1 and BMI2, by where the source is.</summary>
internal static unsafe class FieldHandlers<TOperation, T>
    where TOperation : IFieldOperation
    where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Register(CoreState* s, Op* op, X86Core c)
    {
        Registers.Set(s, op->Reg, TOperation.Do(s, op, Registers.Get<T>(s, op->Rm)));
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Memory<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (!Mem.Load<T, TAddressing>(s, op, c, out T source))
            return c.Abort(op);
        Registers.Set(s, op->Reg, TOperation.Do(s, op, source));
        return op + 1;
    }
}
