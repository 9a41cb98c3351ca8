using System.Numerics;
using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>SHL. OF is defined for a count of 1 only; for others it is what the last of that many single steps would give.</summary>
internal readonly unsafe struct ShlOperation : IShift
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Do<T>(CoreState* s, T a, int count)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        if (count == 0)
            return a;
        int bits = 8 * sizeof(T);
        // The last bit out is bit (bits - count); a count beyond the width leaves zeros.
        bool carry = count <= bits && ((a >> (bits - count)) & T.One) != T.Zero;
        T result = count < bits ? a << count : T.Zero;
        Flags.SetResult(s, result, carry, carry != (result >> (bits - 1) != T.Zero));
        return result;
    }
}
