using System.Runtime.InteropServices;

namespace Dominion.Cpu.X86.FloatingPoint;

/// <summary>An 80-bit double extended-precision value, bit for bit (SDM 1 4.2.2). Sixteen bytes, of which the first ten are
/// the architectural ones: the layout of a register slot in an FXSAVE image. Equality is of bits.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct Float80(ulong significand, ushort signExponent) : IEquatable<Float80>
{
    public const int Bias = 16383;
    public const int MaximumExponent = 0x7FFF;
    public const ulong IntegerBit = 1UL << 63;
    public const ulong QuietBit = 1UL << 62;

    /// <summary>The 64-bit significand, with its explicit integer bit at bit 63.</summary>
    public readonly ulong Significand = significand;

    /// <summary>The sign at bit 15 and the biased exponent in bits 14:0.</summary>
    public readonly ushort SignExponent = signExponent;

    public Float80(bool sign, int biasedExponent, ulong significand)
        : this(significand, (ushort)((sign ? 0x8000 : 0) | biasedExponent))
    {
    }

    /// <summary>The QNaN floating-point indefinite, the masked response to an invalid operation (SDM 1 4.8.3.7).</summary>
    public static Float80 Indefinite => new(0xC000_0000_0000_0000, 0xFFFF);

    public static Float80 One => new(IntegerBit, Bias);

    public bool Sign => (short)SignExponent < 0;

    public int BiasedExponent => SignExponent & 0x7FFF;

    /// <summary>A finite number with its integer bit set and a nonzero exponent: the operands that need no special care.</summary>
    public bool IsNormal => (uint)(BiasedExponent - 1) < MaximumExponent - 1 && (long)Significand < 0;

    public bool IsZero => BiasedExponent == 0 && Significand == 0;

    /// <summary>A denormal or a pseudo-denormal: both raise the denormal-operand exception (SDM 1 8.2.2).</summary>
    public bool IsDenormal => BiasedExponent == 0 && Significand != 0;

    public bool IsInfinity => BiasedExponent == MaximumExponent && Significand == IntegerBit;

    public bool IsNaN => BiasedExponent == MaximumExponent && Significand > IntegerBit;

    public bool IsSignalingNaN => IsNaN && (Significand & QuietBit) == 0;

    /// <summary>An unnormal, a pseudo-infinity or a pseudo-NaN: an invalid operand since the 387 (SDM 1 8.2.2).</summary>
    public bool IsUnsupported => BiasedExponent != 0 && (long)Significand >= 0;

    public static bool operator ==(Float80 left, Float80 right) => left.Equals(right);

    public static bool operator !=(Float80 left, Float80 right) => !left.Equals(right);

    public static Float80 Zero(bool sign) => new(sign, 0, 0);

    public static Float80 Infinity(bool sign) => new(sign, MaximumExponent, IntegerBit);

    /// <summary>FCHS: the sign bit complemented, whatever the operand.</summary>
    public Float80 Negated() => new(Significand, (ushort)(SignExponent ^ 0x8000));

    /// <summary>FABS: the sign bit cleared, whatever the operand.</summary>
    public Float80 Absolute() => new(Significand, (ushort)(SignExponent & 0x7FFF));

    /// <summary>A NaN made quiet, its payload kept.</summary>
    public Float80 Quieted() => new(Significand | QuietBit, SignExponent);

    /// <summary>The class that FXAM reports for a register that is not empty.</summary>
    public Float80Class Classify()
    {
        if (IsNormal)
            return Float80Class.Normal;
        if (IsUnsupported)
            return Float80Class.Unsupported;
        if (BiasedExponent == 0)
            return Significand == 0 ? Float80Class.Zero : Float80Class.Denormal;
        return Significand == IntegerBit ? Float80Class.Infinity : Float80Class.NaN;
    }

    public bool Equals(Float80 other) => Significand == other.Significand && SignExponent == other.SignExponent;

    public override bool Equals(object? obj) => obj is Float80 other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Significand, SignExponent);

    public override string ToString() => $"{SignExponent:X4}:{Significand:X16}";

    /// <summary>A finite nonzero operand, with a denormal's significand normalized.</summary>
    internal Unrounded Unpack()
    {
        int exponent = BiasedExponent;
        if (exponent != 0)
            return new Unrounded(Sign, exponent - Bias, Significand, 0);
        int shift = System.Numerics.BitOperations.LeadingZeroCount(Significand);
        return new Unrounded(Sign, 1 - Bias - shift, Significand << shift, 0);
    }
}
