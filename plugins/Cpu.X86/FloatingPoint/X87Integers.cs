using System.Numerics;

namespace Dominion.Cpu.X86.FloatingPoint;

/// <summary>FILD, FIST, FISTP, FISTTP, FBLD and FBSTP (SDM 1 8.3.3 and 4.7).</summary>
internal static class X87Integers
{
    /// <summary>Above this FBSTP is an invalid operation: eighteen decimal digits.</summary>
    private const ulong LargestDecimal = 999_999_999_999_999_999;

    /// <summary>Exact, for integers of every width.</summary>
    public static Float80 FromInt64(long value) =>
        FromMagnitude(value < 0, value < 0 ? 0 - (ulong)value : (ulong)value);

    /// <summary>FIST and FISTP, in the control word's rounding mode, or FISTTP when <paramref name="truncate"/> is set. What
    /// does not fit is an invalid operation with the integer indefinite, the smallest integer of that width.</summary>
    /// <param name="context">The control word and the outcome.</param>
    /// <param name="operand">The value to store.</param>
    /// <param name="width">The destination's width in bits: 16, 32 or 64.</param>
    /// <param name="truncate">Whether to round toward zero, whatever the control word says.</param>
    public static long ToInteger(ref X87Context context, Float80 operand, int width, bool truncate)
    {
        ulong limit = 1UL << (width - 1);
        RoundingMode mode = truncate ? RoundingMode.TowardZero : context.Rounding;
        if (TryRound(operand, mode, out ulong magnitude, out bool inexact, out bool roundedUp)
            && magnitude <= (operand.Sign ? limit : limit - 1))
        {
            Report(ref context, inexact, roundedUp);
            return operand.Sign ? (long)(0 - magnitude) : (long)magnitude;
        }

        context.Raised |= FloatExceptions.Invalid;
        return (long)(0 - limit);
    }

    /// <summary>FBLD: the eighteen digits, two a byte with the lower one in the lower half, and the sign in the top bit of
    /// the tenth byte. Digits above nine count with their value; the manual leaves them undefined.</summary>
    public static Float80 FromDecimal(ulong low, ushort high)
    {
        ulong magnitude = 0;
        for (int shift = 4; shift >= 0; shift -= 4)
            magnitude = magnitude * 10 + (((ulong)high >> shift) & 15);
        for (int shift = 60; shift >= 0; shift -= 4)
            magnitude = magnitude * 10 + ((low >> shift) & 15);
        return FromMagnitude((high & 0x8000) != 0, magnitude);
    }

    /// <summary>FBSTP: returns the lower eight bytes; the upper two come in <paramref name="high"/>.</summary>
    public static ulong ToDecimal(ref X87Context context, Float80 operand, out ushort high)
    {
        if (!TryRound(operand, context.Rounding, out ulong magnitude, out bool inexact, out bool roundedUp)
            || magnitude > LargestDecimal)
        {
            // The packed BCD indefinite (SDM 1 table 4-4).
            context.Raised |= FloatExceptions.Invalid;
            high = 0xFFFF;
            return 0xC000_0000_0000_0000;
        }

        Report(ref context, inexact, roundedUp);
        ulong low = 0;
        for (int shift = 0; shift < 64; shift += 4)
        {
            (magnitude, ulong digit) = Math.DivRem(magnitude, 10);
            low |= digit << shift;
        }

        high = (ushort)((operand.Sign ? 0x8000UL : 0) | (magnitude / 10 << 4) | (magnitude % 10));
        return low;
    }

    /// <summary>A signed magnitude as a number; a zero keeps the sign.</summary>
    internal static Float80 FromMagnitude(bool sign, ulong magnitude)
    {
        if (magnitude == 0)
            return Float80.Zero(sign);
        int shift = BitOperations.LeadingZeroCount(magnitude);
        return new Float80(sign, Float80.Bias + 63 - shift, magnitude << shift);
    }

    /// <summary>Rounds a finite number below 2^63 to an integer; 2^63 itself can be the result.</summary>
    internal static ulong RoundMagnitude(Float80 operand, RoundingMode mode, out bool inexact, out bool roundedUp)
    {
        ulong high = operand.Significand;
        ulong low = 0;
        int shift = 63 - (operand.BiasedExponent - Float80.Bias);
        SignificandRounder.ShiftRightSticky(ref high, ref low, shift);
        return SignificandRounder.Round(mode, operand.Sign, high, low, 0, out _, out inexact, out roundedUp);
    }

    private static bool TryRound(Float80 operand, RoundingMode mode, out ulong magnitude, out bool inexact, out bool roundedUp)
    {
        int exponent = operand.BiasedExponent - Float80.Bias;
        if (operand.IsUnsupported || exponent > 63)
        {
            magnitude = 0;
            inexact = roundedUp = false;
            return false;
        }

        magnitude = RoundMagnitude(operand, mode, out inexact, out roundedUp);
        return true;
    }

    private static void Report(ref X87Context context, bool inexact, bool roundedUp)
    {
        if (!inexact)
            return;
        context.Raised |= FloatExceptions.Precision;
        context.RoundedUp = roundedUp;
    }
}
