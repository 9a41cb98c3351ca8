using System.Numerics;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>An operation of two operands that sets the status flags. A type argument of handlers.</summary>
internal unsafe interface IBinaryOperation
{
    /// <summary>Whether the result is written back; false for CMP and TEST.</summary>
    static abstract bool Writes { get; }

    /// <summary>Computes the result and sets the flags.</summary>
    static abstract T Do<T>(CoreState* s, T a, T b)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>;
}
