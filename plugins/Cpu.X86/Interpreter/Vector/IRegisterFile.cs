using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Vector;

/// <summary>The registers that an instruction's form works on; type arguments of handlers.</summary>
internal unsafe interface IRegisterFile
{
    /// <summary>Whether an instruction of the file faults now, see <see cref="Availability"/>.</summary>
    static abstract bool IsBlocked(CoreState* s);

    /// <summary>Gives up an instruction of a file that is blocked.</summary>
    static abstract Op* Refuse(CoreState* s, Op* op, X86Core c);

    /// <summary>Reads a register; what it lacks of 128 bits is zero.</summary>
    static abstract Vector128<byte> Read(CoreState* s, int offset);

    /// <summary>Writes a register.</summary>
    static abstract void Write(CoreState* s, int offset, Vector128<byte> value);

    /// <summary>Reads a memory operand as wide as a register; what it lacks of 128 bits is zero.</summary>
    /// <returns>False when a fault is recorded.</returns>
    static abstract bool Load<TAddressing>(CoreState* s, Op* op, X86Core c, out Vector128<byte> value)
        where TAddressing : IAddressing;

    /// <summary>What executing any instruction of the file does besides.</summary>
    static abstract void Use(CoreState* s);

    /// <summary>What writing a part of a register does besides.</summary>
    static abstract void UsePart(CoreState* s, int offset);
}
