using System.Numerics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Integer.Fields;

/// <summary>An operation of BMI1 or BMI2: a source that may be in memory, perhaps a second one in a register (<see cref="Op.Extra"/>) or immediate, a destination that it does not read.</summary>
internal unsafe interface IFieldOperation
{
    /// <summary>Computes the destination and sets the flags.</summary>
    static abstract T Do<T>(CoreState* s, Op* op, T source)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>;
}
