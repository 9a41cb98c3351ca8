using System.Numerics;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>An operation of one operand. A type argument of handlers.</summary>
internal unsafe interface IUnaryOperation
{
    /// <summary>Computes the result and sets the flags.</summary>
    static abstract T Do<T>(CoreState* s, T a)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>;
}
