using static Dominion.Cpu.X86.FloatingPoint.Transcendental.WideArithmetic;

namespace Dominion.Cpu.X86.FloatingPoint.Transcendental;

/// <summary>F2XM1 (SDM 2 F2XM1).</summary>
internal static class X87Exponential
{
    /// <summary>Terms enough for an argument of ln 2: the first one left out is below 2^-100.</summary>
    private const int Terms = 25;

    /// <summary>Two to the power of the operand, less one. Outside -1 to 1, where the manual leaves the result undefined, the
    /// operand comes back, as processors do it.</summary>
    public static Float80 PowerOfTwoLessOne(ref X87Context context, Float80 operand)
    {
        if (X87Arithmetic.IsSpecial(ref context, operand, out Float80 special))
            return special;
        if (operand.IsZero)
            return operand;
        if (operand.IsInfinity)
            return operand.Sign ? Float80.One.Negated() : operand;
        if (!context.CheckDenormal(operand))
            return operand;
        if (operand.BiasedExponent >= Float80.Bias)
        {
            // Two powers are exact; processors report them as inexact all the same.
            context.Raised |= FloatExceptions.Precision;
            return operand.Sign && operand.Absolute() == Float80.One
                ? new Float80(true, Float80.Bias - 1, Float80.IntegerBit)
                : operand;
        }

        // With t = |x| ln 2: e^t - 1 = t (1 + t (1/2! + t/3! + ...)) and 1 - e^-t = t (1 - t (1/2! - t/3! + ...)).
        Unrounded power = Multiply(operand.Unpack(), Ln2);
        UInt128 fraction = Fraction(in power);
        UInt128 series = operand.Sign
            ? AlternatingSeries(SeriesConstants.InverseFactorials, 0, 1, Terms, fraction)
            : Series(SeriesConstants.InverseFactorials, 0, 1, Terms, fraction);
        UInt128 factor = WideMath.MultiplyHigh(fraction, series);
        return Finish(ref context, operand.Sign ? ScaleDown(in power, factor) : ScaleUp(in power, factor));
    }
}
