namespace Dominion.Cpu.X86.FloatingPoint.Transcendental;

/// <summary>Arithmetic on <see cref="Unrounded"/> numbers with all 128 bits significant: each result is within two units of
/// the last of them, far below what the last bit of a register can show.</summary>
internal static class WideArithmetic
{
    public static Unrounded Ln2 => new(false, -1, 0xB172_17F7_D1CF_79AB, 0xC9E3_B398_03F2_F6AF);

    public static Unrounded TwoLog2E => new(false, 1, 0xB8AA_3B29_5C17_F0BB, 0xBE87_FED0_691D_3E89);

    public static UInt128 Significand(this in Unrounded value) => new(value.High, value.Low);

    /// <summary>Normalizes (significand / 2^127) * 2^exponent; the significand is not zero.</summary>
    public static Unrounded Make(bool sign, int exponent, UInt128 significand) =>
        Unrounded.Normalize(sign, exponent, (ulong)(significand >> 64), (ulong)significand);

    public static Unrounded Negate(in Unrounded value) => new(!value.Sign, value.Exponent, value.High, value.Low);

    public static Unrounded Multiply(in Unrounded left, in Unrounded right) =>
        Make(
            left.Sign != right.Sign,
            left.Exponent + right.Exponent + 1,
            WideMath.MultiplyHigh(left.Significand(), right.Significand()));

    public static Unrounded Divide(in Unrounded left, in Unrounded right)
    {
        UInt128 numerator = left.Significand();
        UInt128 divisor = right.Significand();
        int exponent = left.Exponent - right.Exponent;
        if (numerator >= divisor)
            numerator >>= 1;
        else
            exponent--;
        return Make(left.Sign != right.Sign, exponent, WideMath.DivideFraction(numerator, divisor));
    }

    /// <summary>The sum of two numbers that do not cancel completely.</summary>
    public static Unrounded Add(in Unrounded left, in Unrounded right)
    {
        bool swap = left.Exponent < right.Exponent
            || (left.Exponent == right.Exponent && left.Significand() < right.Significand());
        ref readonly Unrounded larger = ref swap ? ref right : ref left;
        ref readonly Unrounded smaller = ref swap ? ref left : ref right;
        UInt128 addend = WideMath.ShiftRightSticky(smaller.Significand(), larger.Exponent - smaller.Exponent);
        UInt128 significand = larger.Significand();
        if (left.Sign != right.Sign)
            return Make(larger.Sign, larger.Exponent, significand - addend);
        UInt128 sum = significand + addend;
        return sum >= significand
            ? new Unrounded(larger.Sign, larger.Exponent, (ulong)(sum >> 64), (ulong)sum)
            : Make(larger.Sign, larger.Exponent + 1, (sum >> 1) | (UInt128.One << 127));
    }

    /// <summary>The value times (1 + fraction / 2^128).</summary>
    public static Unrounded ScaleUp(in Unrounded value, UInt128 fraction)
    {
        UInt128 significand = value.Significand();
        UInt128 sum = significand + WideMath.MultiplyHigh(significand, fraction);
        return sum >= significand
            ? new Unrounded(value.Sign, value.Exponent, (ulong)(sum >> 64), (ulong)sum)
            : Make(value.Sign, value.Exponent + 1, (sum >> 1) | (UInt128.One << 127));
    }

    /// <summary>The value times (1 - fraction / 2^128).</summary>
    public static Unrounded ScaleDown(in Unrounded value, UInt128 fraction) =>
        Make(value.Sign, value.Exponent, value.Significand() - WideMath.MultiplyHigh(value.Significand(), fraction) - 1);

    /// <summary>The magnitude of a number below one as a fraction of 2^128.</summary>
    public static UInt128 Fraction(in Unrounded value)
    {
        int shift = -value.Exponent - 1;
        return shift >= 128 ? UInt128.Zero : value.Significand() >> shift;
    }

    /// <summary>The square of a number below one as a fraction of 2^128.</summary>
    public static UInt128 SquareFraction(in Unrounded value)
    {
        int shift = -2 * value.Exponent - 2;
        return shift >= 128 ? UInt128.Zero : WideMath.MultiplyHigh(value.Significand(), value.Significand()) >> shift;
    }

    /// <summary>The fraction table[first] + x * (table[first + step] + x * (...)), of so many terms.</summary>
    public static UInt128 Series(ReadOnlySpan<ulong> table, int first, int step, int terms, UInt128 x)
    {
        UInt128 sum = SeriesConstants.At(table, first + (terms - 1) * step);
        for (int i = terms - 2; i >= 0; i--)
            sum = SeriesConstants.At(table, first + i * step) + WideMath.MultiplyHigh(x, sum);
        return sum;
    }

    /// <summary>The same with alternating signs; every partial sum is positive because the coefficients fall.</summary>
    public static UInt128 AlternatingSeries(ReadOnlySpan<ulong> table, int first, int step, int terms, UInt128 x)
    {
        UInt128 sum = SeriesConstants.At(table, first + (terms - 1) * step);
        for (int i = terms - 2; i >= 0; i--)
            sum = SeriesConstants.At(table, first + i * step) - WideMath.MultiplyHigh(x, sum);
        return sum;
    }

    /// <summary>Rounds a transcendental result, which is never exact, to a register.</summary>
    public static Float80 Finish(ref X87Context context, in Unrounded value) =>
        X87Rounder.RoundToExtended(ref context, new Unrounded(value.Sign, value.Exponent, value.High, value.Low | 1));
}
