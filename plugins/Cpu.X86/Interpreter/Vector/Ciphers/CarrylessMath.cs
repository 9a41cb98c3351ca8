using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dominion.Cpu.X86.Interpreter.Vector.Ciphers;

/// <summary>Products of polynomials over GF(2).</summary>
internal static class CarrylessMath
{
    /// <summary>The 128-bit product of two quadwords, by the host's instruction where it has one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Multiply(ulong a, ulong b) =>
        Pclmulqdq.IsSupported
            ? Pclmulqdq.CarrylessMultiply(Vector128.CreateScalar(a), Vector128.CreateScalar(b), 0).AsByte()
            : MultiplyBitwise(a, b);

    /// <summary>The product, bit by bit.</summary>
    public static Vector128<byte> MultiplyBitwise(ulong a, ulong b)
    {
        ulong low = 0;
        ulong high = 0;
        for (int i = 0; i < 64; i++)
        {
            if (((b >> i) & 1) == 0)
                continue;
            low ^= a << i;
            high ^= i == 0 ? 0 : a >> (64 - i);
        }

        return Vector128.Create(low, high).AsByte();
    }
}
