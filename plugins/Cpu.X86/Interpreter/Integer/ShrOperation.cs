using System.Numerics;
using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>SHR. OF is defined for a count of 1 only; for others it is what the last of that many single steps would give.</summary>
internal readonly unsafe struct ShrOperation : IShift
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Do<T>(CoreState* s, T a, int count)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        if (count == 0)
            return a;
        int bits = 8 * sizeof(T);
        bool carry = count <= bits && ((a >> (count - 1)) & T.One) != T.Zero;
        T result = count < bits ? a >> count : T.Zero;
        bool overflow = ((result << 1) ^ result) >> (bits - 1) != T.Zero;
        Flags.SetResult(s, result, carry, overflow);
        return result;
    }
}
