using static Dominion.Cpu.X86.FloatingPoint.Transcendental.WideArithmetic;

namespace Dominion.Cpu.X86.FloatingPoint.Transcendental;

/// <summary>FYL2X and FYL2XP1 (SDM 2 FYL2X, FYL2XP1).</summary>
internal static class X87Logarithm
{
    /// <summary>Terms enough for a mantissa from sqrt(1/2) to sqrt(2): the first one left out is below 2^-100.</summary>
    private const int Terms = 20;

    /// <summary>The upper 64 bits of sqrt(2).</summary>
    private const ulong SquareRootOfTwo = 0xB504_F333_F9DE_6484;

    /// <summary>FYL2X: <paramref name="factor"/>, which is ST(1), times the binary logarithm of <paramref name="operand"/>.</summary>
    public static Float80 Multiplied(ref X87Context context, Float80 operand, Float80 factor)
    {
        if (X87Arithmetic.IsSpecialPair(ref context, operand, factor, out Float80 special))
            return special;
        if (operand.Sign && !operand.IsZero)
            return context.Invalid();
        if (operand.IsZero)
            return MultipliedInfinity(ref context, factor, negative: true, dividesByZero: true);
        if (operand.IsInfinity)
            return MultipliedInfinity(ref context, factor, negative: false, dividesByZero: false);
        bool isOne = operand == Float80.One;
        if (isOne && factor.IsInfinity)
            return context.Invalid();
        bool sign = factor.Sign != operand.BiasedExponent < Float80.Bias;
        if (!context.CheckDenormal(operand, factor) || isOne || factor.IsZero)
            return Float80.Zero(sign);
        if (factor.IsInfinity)
            return Float80.Infinity(sign);
        return Multiply(ref context, factor, operand.Unpack());
    }

    /// <summary>FYL2XP1: <paramref name="factor"/>, which is ST(1), times the binary logarithm of one more than
    /// <paramref name="operand"/>. At -1 and below, where the manual leaves the result undefined, the operand comes back.</summary>
    public static Float80 MultipliedPlusOne(ref X87Context context, Float80 operand, Float80 factor)
    {
        if (X87Arithmetic.IsSpecialPair(ref context, operand, factor, out Float80 special))
            return special;
        bool sign = factor.Sign != operand.Sign;
        if (operand.IsInfinity)
            return operand.Sign ? context.Invalid() : MultipliedInfinity(ref context, factor, negative: false, dividesByZero: false);
        if (operand.IsZero && factor.IsInfinity)
            return context.Invalid();
        if (!context.CheckDenormal(operand, factor) || operand.IsZero || factor.IsZero)
            return Float80.Zero(sign);
        if (factor.IsInfinity)
            return Float80.Infinity(sign);
        if (operand.Sign && operand.BiasedExponent >= Float80.Bias)
        {
            context.Raised |= FloatExceptions.Precision;
            return operand;
        }

        Unrounded value = operand.Unpack();
        if (value.Exponent >= -2)
            return Multiply(ref context, factor, Add(in value, new Unrounded(false, 0, Float80.IntegerBit, 0)));

        // (m - 1) / (m + 1) for m = 1 + x, without the loss of 1 + x.
        Unrounded ratio = Divide(in value, Add(in value, new Unrounded(false, 1, Float80.IntegerBit, 0)));
        return Finish(ref context, WideArithmetic.Multiply(factor.Unpack(), LogarithmOf(in ratio)));
    }

    private static Float80 MultipliedInfinity(ref X87Context context, Float80 factor, bool negative, bool dividesByZero)
    {
        if (factor.IsZero)
            return context.Invalid();
        if (dividesByZero && !factor.IsInfinity)
            context.Raised |= FloatExceptions.ZeroDivide;
        else
            context.CheckDenormal(factor);
        return Float80.Infinity(factor.Sign != negative);
    }

    private static Float80 Multiply(ref X87Context context, Float80 factor, in Unrounded value)
    {
        UInt128 significand = value.Significand();
        int exponent = value.Exponent;
        bool halved = value.High >= SquareRootOfTwo;
        if (halved)
            exponent++;

        // The mantissa is the significand in units of 2^-127, or of 2^-128 when it was halved.
        UInt128 one = halved ? UInt128.Zero : UInt128.One << 127;
        UInt128 difference = halved ? one - significand : significand - one;
        if (difference == 0)
        {
            Unrounded integer = Make(exponent < 0, 127, (UInt128)Math.Abs(exponent));
            Float80 product = X87Rounder.RoundToExtended(ref context, Unrounded.Multiply(factor.Unpack(), in integer));

            // The logarithm of a power of two is exact; processors report it as inexact all the same.
            context.Raised |= FloatExceptions.Precision | (product.IsDenormal ? FloatExceptions.Underflow : 0);
            return product;
        }

        int unit = halved ? -1 : 0;
        UInt128 sum = (significand >> 1) + (halved ? UInt128.One << 127 : UInt128.One << 126);
        Unrounded ratio = Divide(Make(halved, unit, difference), Make(false, unit + 1, sum));
        Unrounded logarithm = LogarithmOf(in ratio);
        if (exponent != 0)
            logarithm = Add(in logarithm, Make(exponent < 0, 127, (UInt128)Math.Abs(exponent)));
        return Finish(ref context, WideArithmetic.Multiply(factor.Unpack(), in logarithm));
    }

    /// <summary>The binary logarithm of (1 + z) / (1 - z): 2 artanh(z) / ln 2, with artanh(z) = z (1 + z^2/3 + z^4/5 + ...).</summary>
    private static Unrounded LogarithmOf(in Unrounded ratio)
    {
        UInt128 square = SquareFraction(in ratio);
        UInt128 series = Series(SeriesConstants.InverseOddNumbers, 0, 1, Terms, square);
        Unrounded half = ScaleUp(in ratio, WideMath.MultiplyHigh(square, series));
        return WideArithmetic.Multiply(TwoLog2E, in half);
    }
}
