using System.Numerics;
using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>RCL: a rotation through CF; only CF and OF change. OF is defined for a count of 1 only; for others it is what the last of that many single steps would give.</summary>
internal readonly unsafe struct RclOperation : IShift
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Do<T>(CoreState* s, T a, int count)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        if (count == 0)
            return a;
        int bits = 8 * sizeof(T);
        // The count is taken modulo the width plus one (SDM volume 2, RCL), which matters for 8 and 16 bits.
        int steps = count % (bits + 1);
        bool carryIn = Flags.GetCarry(s);
        T result = a;
        bool carry = carryIn;
        if (steps != 0)
        {
            T low = steps == 1 ? T.Zero : a >> (bits + 1 - steps);
            result = (steps == bits ? T.Zero : a << steps) | (carryIn ? T.One << (steps - 1) : T.Zero) | low;
            carry = ((a >> (bits - steps)) & T.One) != T.Zero;
        }

        Flags.SetCarryOverflow(s, carry, carry != (result >> (bits - 1) != T.Zero));
        return result;
    }
}
