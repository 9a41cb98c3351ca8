using static Dominion.Cpu.X86.FloatingPoint.Transcendental.WideArithmetic;

namespace Dominion.Cpu.X86.FloatingPoint.Transcendental;

/// <summary>FPATAN (SDM 2 FPATAN).</summary>
internal static class X87Arctangent
{
    /// <summary>Terms enough for a tangent of 1/64: the first one left out is below 2^-100.</summary>
    private const int Terms = 10;

    /// <summary>Pi's significand, for <see cref="Pi"/> with the exponent 1.</summary>
    private const ulong PiHigh = 0xC90F_DAA2_2168_C234;
    private const ulong PiLow = 0xC4C6_628B_80DC_1CD1;

    /// <summary>The angle from the positive x axis to the point (<paramref name="x"/>, <paramref name="y"/>): ST(0) and ST(1).</summary>
    public static Float80 Angle(ref X87Context context, Float80 x, Float80 y)
    {
        if (X87Arithmetic.IsSpecialPair(ref context, x, y, out Float80 special))
            return special;
        bool sign = y.Sign;
        if (y.IsInfinity || x.IsInfinity)
        {
            if (!context.CheckDenormal(x, y))
                return default;
            if (!y.IsInfinity)
                return x.Sign ? Finish(ref context, Pi(sign, 1)) : Float80.Zero(sign);
            if (!x.IsInfinity)
                return Finish(ref context, Pi(sign, 0));
            Unrounded quarter = Pi(sign, -1);
            return Finish(ref context, x.Sign ? Add(in quarter, Pi(sign, 0)) : quarter);
        }

        if (!context.CheckDenormal(x, y))
            return default;
        if (y.IsZero)
            return x.Sign ? Finish(ref context, Pi(sign, 1)) : Float80.Zero(sign);
        if (x.IsZero)
            return Finish(ref context, Pi(sign, 0));

        Unrounded run = x.Absolute().Unpack();
        Unrounded rise = y.Absolute().Unpack();
        bool steep = rise.Exponent != run.Exponent ? rise.Exponent > run.Exponent : rise.High > run.High;
        Unrounded angle = steep ? ArctangentOf(in run, in rise) : ArctangentOf(in rise, in run);
        if (steep)
            angle = Add(Pi(false, 0), Negate(in angle));
        if (x.Sign)
            angle = Add(Pi(false, 1), Negate(in angle));
        return Finish(ref context, sign ? Negate(in angle) : angle);
    }

    /// <summary>Pi with the exponent given: pi itself at 1, pi/2 at 0, pi/4 at -1.</summary>
    private static Unrounded Pi(bool sign, int exponent) => new(sign, exponent, PiHigh, PiLow);

    /// <summary>The arc tangent of numerator / denominator, at most one.</summary>
    private static Unrounded ArctangentOf(in Unrounded numerator, in Unrounded denominator)
    {
        // With c = k/32 close to the tangent q = n/d: atan q = atan c + atan((q - c) / (1 + q c)), the last as a ratio of
        // integers of less than 80 bits.
        int distance = denominator.Exponent - numerator.Exponent;
        int index = (int)(Math.ScaleB((double)numerator.High / denominator.High, 5 - distance) + 0.5);
        if (index == 0)
            return SmallArctangentOf(Divide(in numerator, in denominator));

        UInt128 rise = numerator.High;
        UInt128 run = (UInt128)denominator.High << distance;
        Int128 difference = (Int128)(rise * 32) - (Int128)(run * (uint)index);
        Unrounded step = Make(false, -1, SeriesConstants.At(SeriesConstants.Arctangents, index - 1));
        if (difference == 0)
            return step;
        Unrounded ratio = Divide(
            Make(difference < 0, 0, (UInt128)Int128.Abs(difference)), Make(false, 0, run * 32 + rise * (uint)index));
        return Add(in step, SmallArctangentOf(in ratio));
    }

    private static Unrounded SmallArctangentOf(in Unrounded tangent)
    {
        UInt128 square = SquareFraction(in tangent);
        UInt128 series = AlternatingSeries(SeriesConstants.InverseOddNumbers, 0, 1, Terms, square);
        return ScaleDown(in tangent, WideMath.MultiplyHigh(square, series));
    }
}
