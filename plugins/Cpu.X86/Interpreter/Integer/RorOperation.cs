using System.Numerics;
using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>ROR; only CF and OF change. OF is defined for a count of 1 only; for others it is what the last of that many single steps would give.</summary>
internal readonly unsafe struct RorOperation : IShift
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Do<T>(CoreState* s, T a, int count)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        if (count == 0)
            return a;
        int bits = 8 * sizeof(T);
        int steps = count & (bits - 1);
        T result = steps == 0 ? a : (a >> steps) | (a << (bits - steps));
        bool carry = result >> (bits - 1) != T.Zero;
        Flags.SetCarryOverflow(s, carry, carry != (((result >> (bits - 2)) & T.One) != T.Zero));
        return result;
    }
}
