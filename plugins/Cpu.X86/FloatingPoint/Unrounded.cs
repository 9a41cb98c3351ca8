using System.Numerics;

namespace Dominion.Cpu.X86.FloatingPoint;

/// <summary>A finite nonzero number on its way to a format: (High:Low / 2^127) * 2^Exponent, with bit 63 of High set. Bit 0 of
/// Low is sticky: it is set when the exact value lies above what the other bits say, which is all that rounding needs to
/// know. The four operations take operands whose Low is zero and are exact in that sense.</summary>
internal readonly struct Unrounded(bool sign, int exponent, ulong high, ulong low)
{
    public readonly ulong High = high;
    public readonly ulong Low = low;
    public readonly int Exponent = exponent;
    public readonly bool Sign = sign;

    /// <summary>The sum; false when it is exactly zero, whose sign is the caller's business.</summary>
    public static bool TryAdd(in Unrounded left, in Unrounded right, out Unrounded sum)
    {
        bool swap = left.Exponent < right.Exponent || (left.Exponent == right.Exponent && left.High < right.High);
        ref readonly Unrounded larger = ref swap ? ref right : ref left;
        ref readonly Unrounded smaller = ref swap ? ref left : ref right;

        (ulong high, ulong low) = Align(smaller.High, larger.Exponent - smaller.Exponent);
        int exponent = larger.Exponent;
        if (left.Sign == right.Sign)
        {
            high += larger.High;
            if (high < larger.High)
            {
                // With a carry the distance was below 64, so that bit 0 of low is clear.
                low = (low >> 1) | (high << 63);
                high = (high >> 1) | Float80.IntegerBit;
                exponent++;
            }

            sum = new Unrounded(larger.Sign, exponent, high, low);
            return true;
        }

        high = larger.High - high - (low != 0 ? 1UL : 0UL);
        low = 0 - low;
        if ((high | low) == 0)
        {
            sum = default;
            return false;
        }

        sum = Normalize(larger.Sign, exponent, high, low);
        return true;
    }

    /// <summary>The sum of numbers that use Low too, but leave its lowest 20 bits clear: products of two significands of at most 53 bits. False when it is exactly zero.</summary>
    public static bool TryAddWide(in Unrounded left, in Unrounded right, out Unrounded sum)
    {
        UInt128 x = new(left.High, left.Low);
        UInt128 y = new(right.High, right.Low);
        bool swap = left.Exponent < right.Exponent || (left.Exponent == right.Exponent && x < y);
        UInt128 larger = swap ? y : x;
        int exponent = swap ? right.Exponent : left.Exponent;
        bool sign = swap ? right.Sign : left.Sign;

        // Ones fall off only at distances that leave at most one leading zero, so the sticky bit stays far below what rounding looks at.
        UInt128 smaller = WideMath.ShiftRightSticky(swap ? x : y, Math.Abs(left.Exponent - right.Exponent));
        if (left.Sign == right.Sign)
        {
            UInt128 total = larger + smaller;
            if (total < larger)
            {
                total = WideMath.ShiftRightSticky(total, 1) | (UInt128.One << 127);
                exponent++;
            }

            sum = new Unrounded(sign, exponent, (ulong)(total >> 64), (ulong)total);
            return true;
        }

        UInt128 difference = larger - smaller;
        sum = difference == 0 ? default : Normalize(sign, exponent, (ulong)(difference >> 64), (ulong)difference);
        return difference != 0;
    }

    public static Unrounded Multiply(in Unrounded left, in Unrounded right)
    {
        ulong high = Math.BigMul(left.High, right.High, out ulong low);
        int exponent = left.Exponent + right.Exponent + 1;
        if ((long)high >= 0)
        {
            high = (high << 1) | (low >> 63);
            low <<= 1;
            exponent--;
        }

        return new Unrounded(left.Sign != right.Sign, exponent, high, low);
    }

    public static Unrounded Divide(in Unrounded left, in Unrounded right)
    {
        int exponent = left.Exponent - right.Exponent;
        ulong high = left.High;
        ulong low = 0;
        if (high >= right.High)
        {
            low = high << 63;
            high >>= 1;
        }
        else
        {
            exponent--;
        }

        ulong quotient = WideMath.Divide(high, low, right.High, out ulong remainder);
        return new Unrounded(left.Sign != right.Sign, exponent, quotient, Fraction(remainder, right.High - remainder));
    }

    /// <summary>The square root of a positive number.</summary>
    public static Unrounded SquareRoot(in Unrounded operand)
    {
        // The radicand is taken as 2^126 or 2^127 times the significand, so that the root has exactly 64 bits.
        bool odd = (operand.Exponent & 1) != 0;
        UInt128 radicand = new(odd ? operand.High : operand.High >> 1, odd ? 0 : operand.High << 63);
        ulong root = WideMath.SquareRoot(radicand, out UInt128 remainder);

        // (root + 1/2)^2 = root^2 + root + 1/4: the remainder is never exactly half way.
        ulong low = remainder == 0 ? 0UL : remainder > root ? 0xC000_0000_0000_0000UL : 1UL;
        return new Unrounded(false, operand.Exponent >> 1, root, low);
    }

    /// <summary>Brings the leading bit of a nonzero High:Low to bit 63 of High.</summary>
    public static Unrounded Normalize(bool sign, int exponent, ulong high, ulong low)
    {
        if (high == 0)
        {
            high = low;
            low = 0;
            exponent -= 64;
        }

        int shift = BitOperations.LeadingZeroCount(high);
        if (shift != 0)
        {
            high = (high << shift) | (low >> (64 - shift));
            low <<= shift;
        }

        return new Unrounded(sign, exponent - shift, high, low);
    }

    private static (ulong High, ulong Low) Align(ulong significand, int distance) => distance switch
    {
        0 => (significand, 0),
        < 64 => (significand >> distance, significand << (64 - distance)),
        64 => (0, significand),
        < 128 => (0, (significand >> (distance - 64)) | ((significand << (128 - distance)) != 0 ? 1UL : 0UL)),
        _ => (0, 1),
    };

    /// <summary>The fraction remainder / (remainder + rest), as a half bit and a sticky bit.</summary>
    private static ulong Fraction(ulong remainder, ulong rest)
    {
        if (remainder == 0)
            return 0;
        if (remainder == rest)
            return Float80.IntegerBit;
        return remainder > rest ? 0xC000_0000_0000_0000 : 1UL;
    }
}
