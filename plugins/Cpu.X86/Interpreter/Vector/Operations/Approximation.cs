namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>
/// RCPPS and RSQRTPS. The architecture bounds the relative error by 1.5 * 2^-12 and leaves the bits to the processor (SDM volume 2 RCPPS);
/// here the result is the double-precision one, each step of which IEEE 754 defines, cut after twelve fraction bits: an error below 2^-12, the same on every host.
/// MXCSR is neither read nor written; denormals count as zeros, and results that would be denormal are zeros.
/// </summary>
internal static class Approximation
{
    private const uint Sign = 0x8000_0000;
    private const uint Infinity = 0x7F80_0000;
    private const uint QuietBit = 0x0040_0000;
    private const uint Indefinite = Sign | Infinity | QuietBit;
    private const uint LeastNormal = 0x0080_0000;
    private const uint KeptBits = 0xFFFF_F800;

    public static uint Reciprocal(uint bits)
    {
        uint magnitude = bits & ~Sign;
        uint sign = bits & Sign;
        if (magnitude > Infinity)
            return bits | QuietBit;
        if (magnitude < LeastNormal)
            return sign | Infinity;
        if (magnitude == Infinity)
            return sign;
        uint result = Cut(1.0 / BitConverter.UInt32BitsToSingle(magnitude));
        return sign | (result < LeastNormal ? 0 : result);
    }

    public static uint ReciprocalSquareRoot(uint bits)
    {
        uint magnitude = bits & ~Sign;
        if (magnitude > Infinity)
            return bits | QuietBit;
        if (magnitude < LeastNormal)
            return (bits & Sign) | Infinity;
        if (bits != magnitude)
            return Indefinite;
        return magnitude == Infinity ? 0 : Cut(1.0 / Math.Sqrt(BitConverter.UInt32BitsToSingle(bits)));
    }

    /// <summary>Conversion may round up to the next twelve-bit number, which is exact then; else the rest is cut.</summary>
    private static uint Cut(double value) => BitConverter.SingleToUInt32Bits((float)value) & KeptBits;
}
