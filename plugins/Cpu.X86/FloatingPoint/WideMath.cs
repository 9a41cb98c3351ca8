using System.Numerics;

namespace Dominion.Cpu.X86.FloatingPoint;

/// <summary>Integer arithmetic beyond 64 bits that the BCL does not offer, or does not offer fast.</summary>
internal static class WideMath
{
    /// <summary>high:low / divisor, for a divisor with bit 63 set and high below it: the quotient fits 64 bits. Long division
    /// with 32-bit digits, each estimated by the divisor's upper half and corrected at most twice.</summary>
    public static ulong Divide(ulong high, ulong low, ulong divisor, out ulong remainder)
    {
        ulong upper = DivideDigit(high, low >> 32, divisor, out ulong rest);
        ulong lower = DivideDigit(rest, (uint)low, divisor, out remainder);
        return (upper << 32) | lower;
    }

    /// <summary>floor(numerator * 2^128 / divisor), for a divisor with bit 127 set and a numerator below it.</summary>
    public static UInt128 DivideFraction(UInt128 numerator, UInt128 divisor)
    {
        ulong upper = DivideWord(ref numerator, divisor);
        ulong lower = DivideWord(ref numerator, divisor);
        return new UInt128(upper, lower);
    }

    /// <summary>The upper 128 bits of a 256-bit product.</summary>
    public static UInt128 MultiplyHigh(UInt128 left, UInt128 right)
    {
        ulong l1 = (ulong)(left >> 64);
        ulong l0 = (ulong)left;
        ulong r1 = (ulong)(right >> 64);
        ulong r0 = (ulong)right;
        ulong bottom = Math.BigMul(l0, r0, out _);
        ulong cross1 = Math.BigMul(l1, r0, out ulong cross1Low);
        ulong cross2 = Math.BigMul(l0, r1, out ulong cross2Low);
        ulong top = Math.BigMul(l1, r1, out ulong topLow);
        UInt128 middle = (UInt128)bottom + cross1Low + cross2Low;
        return new UInt128(top, topLow) + cross1 + cross2 + (ulong)(middle >> 64);
    }

    /// <summary>The integer square root of a radicand of at least 2^126.</summary>
    public static ulong SquareRoot(UInt128 radicand, out UInt128 remainder)
    {
        // A double's estimate is good to 50 bits or so, one Newton step makes that an error of a unit or two.
        double estimate = Math.Sqrt((double)(ulong)(radicand >> 64)) * 4294967296.0;
        ulong root = estimate >= 18446744073709549568.0 ? ulong.MaxValue : (ulong)estimate;
        Int128 error = (Int128)(radicand - (UInt128)root * root);
        long correction = (long)((double)error / (2.0 * root));
        UInt128 corrected = (UInt128)((Int128)(UInt128)root + correction);
        root = corrected > ulong.MaxValue ? ulong.MaxValue : (ulong)corrected;
        while ((UInt128)root * root > radicand)
            root--;
        remainder = radicand - (UInt128)root * root;
        while (remainder > (UInt128)root << 1)
        {
            remainder -= ((UInt128)root << 1) + 1;
            root++;
        }

        return root;
    }

    /// <summary>Shifts right; ones that fall off leave bit 0 set.</summary>
    public static UInt128 ShiftRightSticky(UInt128 value, int count)
    {
        if (count == 0)
            return value;
        if (count >= 128)
            return value == 0 ? UInt128.Zero : UInt128.One;
        UInt128 lost = value << (128 - count);
        return (value >> count) | (lost != 0 ? UInt128.One : UInt128.Zero);
    }

    public static int LeadingZeroCount(UInt128 value)
    {
        ulong upper = (ulong)(value >> 64);
        return upper != 0 ? BitOperations.LeadingZeroCount(upper) : 64 + BitOperations.LeadingZeroCount((ulong)value);
    }

    private static ulong DivideDigit(ulong rest, ulong digit, ulong divisor, out ulong remainder)
    {
        ulong upper = divisor >> 32;
        ulong lower = (uint)divisor;
        ulong quotient = rest / upper;
        ulong partial = rest - quotient * upper;
        while (quotient > uint.MaxValue || quotient * lower > ((partial << 32) | digit))
        {
            quotient--;
            partial += upper;
            if (partial > uint.MaxValue)
                break;
        }

        remainder = (rest << 32) + digit - quotient * divisor;
        return quotient;
    }

    /// <summary>One 64-bit digit of numerator * 2^64 / divisor; the numerator becomes the remainder.</summary>
    private static ulong DivideWord(ref UInt128 numerator, UInt128 divisor)
    {
        ulong upper = (ulong)(divisor >> 64);
        ulong lower = (ulong)divisor;
        ulong high = (ulong)(numerator >> 64);
        ulong low = (ulong)numerator;
        ulong quotient = high >= upper ? ulong.MaxValue : Divide(high, low, upper, out _);

        // The estimate is at most two too large; the wrapped subtraction shows it as a negative 192-bit remainder.
        UInt128 product = (UInt128)quotient * lower;
        UInt128 partial = numerator - (UInt128)quotient * upper;
        ulong rest0 = 0 - (ulong)product;
        UInt128 borrow = (product >> 64) + ((ulong)product != 0 ? 1UL : 0UL);
        UInt128 rest = partial - borrow;
        bool negative = partial < borrow;
        while (negative)
        {
            quotient--;
            ulong sum0 = rest0 + lower;
            UInt128 sum = rest + upper + (sum0 < rest0 ? 1UL : 0UL);
            negative = sum >= rest;
            rest0 = sum0;
            rest = sum;
        }

        numerator = new UInt128((ulong)rest, rest0);
        return quotient;
    }
}
