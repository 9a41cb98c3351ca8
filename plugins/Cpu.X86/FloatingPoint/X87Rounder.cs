namespace Dominion.Cpu.X86.FloatingPoint;

/// <summary>Rounds a number to a register: precision control, overflow, underflow, and both responses to them
/// (SDM 1 8.5.4 to 8.5.6).</summary>
internal static class X87Rounder
{
    /// <summary>What the exponent of an unmasked overflow or underflow is adjusted by (SDM 1 8.5.4).</summary>
    private const int ExponentAdjustment = 24576;

    /// <summary>Rounds to the precision that the control word asks for.</summary>
    public static Float80 RoundToPrecision(ref X87Context context, in Unrounded value) =>
        Round(ref context, in value, context.DroppedBits);

    /// <summary>Rounds to 64 bits: what every instruction does that the precision control does not govern.</summary>
    public static Float80 RoundToExtended(ref X87Context context, in Unrounded value) => Round(ref context, in value, 0);

    private static Float80 Round(ref X87Context context, in Unrounded value, int dropped)
    {
        ulong significand = SignificandRounder.Round(
            context.Rounding, value.Sign, value.High, value.Low, dropped, out int carry, out bool inexact, out bool roundedUp);
        int biased = value.Exponent + Float80.Bias + carry;
        if (biased >= Float80.MaximumExponent && context.Masks(FloatExceptions.Overflow))
            return Overflow(ref context, value.Sign, dropped);
        if (biased <= 0 && context.Masks(FloatExceptions.Underflow))
            return Underflow(ref context, in value, dropped);

        if (inexact)
        {
            context.Raised |= FloatExceptions.Precision;
            context.RoundedUp = roundedUp;
        }

        if (biased >= Float80.MaximumExponent)
        {
            // FSCALE can be so far off that even the adjusted exponent does not fit (SDM 1 8.5.4).
            context.Raised |= FloatExceptions.Overflow;
            biased -= ExponentAdjustment;
            if (biased >= Float80.MaximumExponent)
            {
                context.Raised |= FloatExceptions.Precision;
                context.RoundedUp = true;
                return Float80.Infinity(value.Sign);
            }
        }
        else if (biased <= 0)
        {
            context.Raised |= FloatExceptions.Underflow;
            biased += ExponentAdjustment;
            if (biased <= 0)
            {
                context.Raised |= FloatExceptions.Precision;
                return Float80.Zero(value.Sign);
            }
        }

        return new Float80(value.Sign, biased, significand);
    }

    private static Float80 Overflow(ref X87Context context, bool sign, int dropped)
    {
        context.Raised |= FloatExceptions.Overflow | FloatExceptions.Precision;
        context.RoundedUp = SignificandRounder.OverflowsToInfinity(context.Rounding, sign);
        return context.RoundedUp
            ? Float80.Infinity(sign)
            : new Float80(sign, Float80.MaximumExponent - 1, ulong.MaxValue << dropped);
    }

    /// <summary>The masked response: a denormal, and no exception when it is exact (SDM 1 4.9.1.5).</summary>
    private static Float80 Underflow(ref X87Context context, in Unrounded value, int dropped)
    {
        ulong high = value.High;
        ulong low = value.Low;
        SignificandRounder.ShiftRightSticky(ref high, ref low, 1 - (value.Exponent + Float80.Bias));
        ulong significand = SignificandRounder.Round(
            context.Rounding, value.Sign, high, low, dropped, out _, out bool inexact, out bool roundedUp);
        if (inexact)
        {
            context.Raised |= FloatExceptions.Underflow | FloatExceptions.Precision;
            context.RoundedUp = roundedUp;
        }

        return new Float80(value.Sign, (long)significand < 0 ? 1 : 0, significand);
    }
}
