using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.Interpreter.Float.Formats;
using Dominion.Cpu.X86.Interpreter.Float.Operations;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Float;

/// <summary>Handlers of operations on two values.</summary>
internal static unsafe class FloatArithmeticHandlers<TOperation>
    where TOperation : IFloatBinary
{
    /// <summary>ST(<see cref="Op.Reg"/>) with ST(<see cref="Op.Rm"/>), then <see cref="Op.Size"/> pops.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Stack(CoreState* s, Op* op, X86Core c)
    {
        if (FloatStack.IsBlocked(s))
            return FloatStack.Refuse(s, op, c);
        FloatStack.Record(s, op, c);
        if (FloatStack.IsEmpty(s, op->Reg) || FloatStack.IsEmpty(s, op->Rm))
        {
            if (FloatStack.Underflow(s))
            {
                FloatStack.Write(s, op->Reg, Float80.Indefinite);
                FloatStack.Pop(s, op->Size);
            }

            return op + 1;
        }

        var context = new X87Context(s->Arch.FloatControl);
        Float80 result = TOperation.Do(ref context, *FloatStack.At(s, op->Reg), *FloatStack.At(s, op->Rm));
        FloatStack.Report(s, context);
        if (!context.SuppressesResult)
        {
            FloatStack.Write(s, op->Reg, result);
            FloatStack.Pop(s, op->Size);
        }

        return op + 1;
    }

    /// <summary>ST(0) with memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Op* Mem<TFormat, T, TAddressing>(CoreState* s, Op* op, X86Core c)
        where TFormat : IFloatSource<T>
        where T : unmanaged
        where TAddressing : IAddressing
    {
        if (FloatStack.IsBlocked(s))
            return FloatStack.Refuse(s, op, c);
        if (!FloatMemory.Load<T, TAddressing>(s, op, c, out T bits))
            return c.Abort(op);
        if (FloatStack.IsEmpty(s, 0))
        {
            if (FloatStack.Underflow(s))
                FloatStack.Write(s, 0, Float80.Indefinite);
            return op + 1;
        }

        var context = new X87Context(s->Arch.FloatControl);
        Float80 source = TFormat.Widen(ref context, bits);
        Float80 result = TOperation.Do(ref context, *FloatStack.At(s, 0), source);
        FloatStack.Report(s, context);
        if (!context.SuppressesResult)
            FloatStack.Write(s, 0, result);
        return op + 1;
    }
}
