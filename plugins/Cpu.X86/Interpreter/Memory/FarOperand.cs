using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Memory;

/// <summary>A far pointer in memory: an offset, then a selector.</summary>
internal static unsafe class FarOperand
{
    /// <summary>Reads the operand.</summary>
    /// <returns>False when a fault is recorded.</returns>
    public static bool Load<T, TAddressing>(CoreState* s, Op* op, X86Core c, out T offset, out ushort selector)
        where T : unmanaged
        where TAddressing : IAddressing
    {
        offset = default;
        selector = 0;
        return TAddressing.Resolve(s, op, c, sizeof(T) + 2, false, out ulong linear)
            && Mem.LoadAt(s, c, op->Segment, linear, out offset)
            && Mem.LoadAt(s, c, op->Segment, c.TruncateLinear(linear + (ulong)sizeof(T)), out selector);
    }
}
