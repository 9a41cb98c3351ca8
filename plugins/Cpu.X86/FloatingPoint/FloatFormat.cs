namespace Dominion.Cpu.X86.FloatingPoint;

/// <summary>One of the three interchange formats whose integer bit is implied; values are handled as their bits in a ulong.</summary>
internal readonly struct FloatFormat(int fractionBits, int exponentBits)
{
    public readonly int FractionBits = fractionBits;
    public readonly int ExponentBits = exponentBits;

    public static FloatFormat Half => new(10, 5);

    public static FloatFormat Single => new(23, 8);

    public static FloatFormat Double => new(52, 11);

    public int MaximumExponent => (1 << ExponentBits) - 1;

    public int Bias => MaximumExponent >> 1;

    public ulong SignBit => 1UL << (FractionBits + ExponentBits);

    public ulong FractionMask => (1UL << FractionBits) - 1;

    public ulong QuietBit => 1UL << (FractionBits - 1);

    public ulong InfinityBits => (ulong)MaximumExponent << FractionBits;

    /// <summary>The QNaN floating-point indefinite (SDM 1 table 4-3).</summary>
    public ulong Indefinite => SignBit | InfinityBits | QuietBit;

    public ulong Infinity(bool sign) => InfinityBits | Zero(sign);

    public ulong Zero(bool sign) => sign ? SignBit : 0;

    public bool Sign(ulong bits) => (bits & SignBit) != 0;

    public int BiasedExponent(ulong bits) => (int)(bits >> FractionBits) & MaximumExponent;

    public bool IsZero(ulong bits) => (bits & ~SignBit) == 0;

    public bool IsDenormal(ulong bits) => BiasedExponent(bits) == 0 && (bits & FractionMask) != 0;

    public bool IsInfinity(ulong bits) => (bits & ~SignBit) == InfinityBits;

    public bool IsNaN(ulong bits) => (bits & ~SignBit) > InfinityBits;

    public bool IsSignalingNaN(ulong bits) => IsNaN(bits) && (bits & QuietBit) == 0;

    /// <summary>A finite nonzero value, with a denormal's significand normalized.</summary>
    public Unrounded Unpack(ulong bits)
    {
        int exponent = BiasedExponent(bits);
        ulong fraction = (bits & FractionMask) << (63 - FractionBits);
        return exponent != 0
            ? new Unrounded(Sign(bits), exponent - Bias, fraction | Float80.IntegerBit, 0)
            : Unrounded.Normalize(Sign(bits), 1 - Bias, fraction, 0);
    }

    /// <summary>Rounds to the format with the masked responses to overflow and underflow; what is returned when one of them
    /// is not masked has no meaning, but the exceptions are those of that case.</summary>
    /// <param name="value">The exact value.</param>
    /// <param name="mode">The rounding mode.</param>
    /// <param name="masked">The exceptions that are masked.</param>
    /// <param name="flushToZero">MXCSR's FZ: a masked underflow gives zero (SDM 1 10.2.3.3).</param>
    /// <param name="raised">Receives the exceptions.</param>
    /// <param name="roundedUp">Whether the magnitude was rounded up.</param>
    public ulong Round(
        in Unrounded value,
        RoundingMode mode,
        FloatExceptions masked,
        bool flushToZero,
        ref FloatExceptions raised,
        out bool roundedUp)
    {
        int dropped = 63 - FractionBits;
        ulong significand = SignificandRounder.Round(
            mode, value.Sign, value.High, value.Low, dropped, out int carry, out bool inexact, out roundedUp);
        int biased = value.Exponent + Bias + carry;
        if (biased >= MaximumExponent)
        {
            bool isMasked = (masked & FloatExceptions.Overflow) != 0;
            raised |= FloatExceptions.Overflow | (inexact || isMasked ? FloatExceptions.Precision : 0);
            roundedUp = SignificandRounder.OverflowsToInfinity(mode, value.Sign);
            return roundedUp ? Infinity(value.Sign) : (InfinityBits - 1) | Zero(value.Sign);
        }

        if (biased <= 0)
        {
            if ((masked & FloatExceptions.Underflow) == 0)
            {
                raised |= FloatExceptions.Underflow;
            }
            else if (flushToZero)
            {
                raised |= FloatExceptions.Underflow | FloatExceptions.Precision;
                return Zero(value.Sign);
            }
            else
            {
                ulong high = value.High;
                ulong low = value.Low;
                SignificandRounder.ShiftRightSticky(ref high, ref low, 1 - (value.Exponent + Bias));
                significand = SignificandRounder.Round(
                    mode, value.Sign, high, low, dropped, out _, out inexact, out roundedUp);
                if (inexact)
                    raised |= FloatExceptions.Underflow;

                // A carry into the integer bit gives the smallest normal number.
                biased = (long)significand < 0 ? 1 : 0;
            }
        }

        if (inexact)
            raised |= FloatExceptions.Precision;
        return ((ulong)biased << FractionBits) | ((significand >> dropped) & FractionMask) | Zero(value.Sign);
    }
}
