using System.Numerics;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>A shift or rotation. A type argument of handlers.</summary>
internal unsafe interface IShift
{
    /// <summary>Shifts and sets the flags. A count of zero changes nothing.</summary>
    /// <param name="s">The state.</param>
    /// <param name="a">The operand.</param>
    /// <param name="count">The count, masked to five or six bits.</param>
    static abstract T Do<T>(CoreState* s, T a, int count)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>;
}
