using System.Numerics;
using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>SAR. OF is defined for a count of 1 only; for others it is what the last of that many single steps would give.</summary>
internal readonly unsafe struct SarOperation : IShift
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Do<T>(CoreState* s, T a, int count)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        if (count == 0)
            return a;
        int bits = 8 * sizeof(T);
        bool negative = a >> (bits - 1) != T.Zero;
        int steps = Math.Min(count, bits);
        bool carry = steps == bits ? negative : ((a >> (steps - 1)) & T.One) != T.Zero;
        T fill = negative ? ~T.Zero : T.Zero;
        T result = steps == bits ? fill : (a >> steps) | (fill << (bits - steps));
        Flags.SetResult(s, result, carry, false);
        return result;
    }
}
