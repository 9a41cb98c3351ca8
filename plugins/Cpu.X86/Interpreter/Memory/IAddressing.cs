using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Memory;

/// <summary>How an operand's linear address is made. A type argument of handlers, so that each gets code of its own.</summary>
internal unsafe interface IAddressing
{
    /// <summary>Makes the linear address.</summary>
    /// <param name="s">The state.</param>
    /// <param name="op">The instruction.</param>
    /// <param name="c">The core.</param>
    /// <param name="size">The operand's size in bytes, for the segment's limit.</param>
    /// <param name="write">Whether it will be written.</param>
    /// <param name="linear">The address.</param>
    /// <returns>False when the segment refuses; the fault is recorded.</returns>
    static abstract bool Resolve(CoreState* s, Op* op, X86Core c, int size, bool write, out ulong linear);
}
