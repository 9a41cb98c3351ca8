using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Vector.Vex;

/// <summary>What an instruction with VEX does with its operands: how wide they are, where the result goes. <see cref="Op.Reg"/> is the destination, <see cref="Op.Extra"/> the first source, <see cref="Op.Rm"/> or memory the last. <see cref="Op.Immediate"/> holds the immediate for the lower 128 bits, and 32 bits further up that for the upper ones.</summary>
internal unsafe interface IVexForm
{
    /// <summary>Computes and writes the result.</summary>
    /// <param name="s">The state.</param>
    /// <param name="op">The instruction.</param>
    /// <param name="c">The core.</param>
    /// <param name="source">The last source: a register where it is, or a copy of the operand in memory extended with zeros. 32 bytes can be read.</param>
    /// <returns>The next instruction, or what ends the block.</returns>
    static abstract Op* Execute(CoreState* s, Op* op, X86Core c, byte* source);
}
