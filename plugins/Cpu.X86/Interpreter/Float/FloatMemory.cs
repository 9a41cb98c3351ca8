using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Float;

/// <summary>Memory operands of x87 instructions, with the record of the last instruction and operand that goes with them.</summary>
internal static unsafe class FloatMemory
{
    /// <summary>Reads the operand.</summary>
    /// <returns>False when a fault is recorded; then the last instruction is still the one before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Load<T, TAddressing>(CoreState* s, Op* op, X86Core c, out T value)
        where T : unmanaged
        where TAddressing : IAddressing
    {
        if (!TAddressing.Resolve(s, op, c, sizeof(T), false, out ulong linear))
        {
            value = default;
            return false;
        }

        if (!Mem.LoadAt(s, c, op->Segment, linear, out value))
            return false;
        FloatStack.Record(s, op, c, linear);
        return true;
    }

    /// <summary>Writes the operand.</summary>
    /// <inheritdoc cref="Load" path="/returns"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Store<T, TAddressing>(CoreState* s, Op* op, X86Core c, T value)
        where T : unmanaged
        where TAddressing : IAddressing
    {
        if (!TAddressing.Resolve(s, op, c, sizeof(T), true, out ulong linear) || !Mem.StoreAt(s, c, op->Segment, linear, value))
            return false;
        FloatStack.Record(s, op, c, linear);
        return true;
    }

    /// <summary>Checks the operand of a store that an unmasked exception leaves out.</summary>
    /// <inheritdoc cref="Load" path="/returns"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Probe<T, TAddressing>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
        where TAddressing : IAddressing
    {
        if (!TAddressing.Resolve(s, op, c, sizeof(T), true, out ulong linear) || !c.ProbeWrite(op->Segment, linear, sizeof(T)))
            return false;
        FloatStack.Record(s, op, c, linear);
        return true;
    }
}
