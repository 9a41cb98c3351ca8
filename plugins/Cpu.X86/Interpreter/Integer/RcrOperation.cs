using System.Numerics;
using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>RCR: a rotation through CF; only CF and OF change. OF is defined for a count of 1 only; for others it is what the last of that many single steps would give.</summary>
internal readonly unsafe struct RcrOperation : IShift
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Do<T>(CoreState* s, T a, int count)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        if (count == 0)
            return a;
        int bits = 8 * sizeof(T);
        int steps = count % (bits + 1);
        bool carryIn = Flags.GetCarry(s);
        T result = a;
        bool carry = carryIn;
        if (steps != 0)
        {
            T high = steps == 1 ? T.Zero : a << (bits + 1 - steps);
            result = (steps == bits ? T.Zero : a >> steps) | (carryIn ? T.One << (bits - steps) : T.Zero) | high;
            carry = ((a >> (steps - 1)) & T.One) != T.Zero;
        }

        Flags.SetCarryOverflow(s, carry, (result >> (bits - 1) != T.Zero) != (((result >> (bits - 2)) & T.One) != T.Zero));
        return result;
    }
}
