using static Dominion.Cpu.X86.FloatingPoint.Transcendental.WideArithmetic;

namespace Dominion.Cpu.X86.FloatingPoint.Transcendental;

/// <summary>FSIN, FCOS, FSINCOS and FPTAN (SDM 1 8.3.7). Like the processors', the argument reduction is exact for a pi of 66
/// bits. Each returns false when C2 is to be set and the operand to stay: its magnitude is 2^63 or more, but not infinite.
/// True goes with C2 clear.</summary>
internal static class X87Trigonometry
{
    /// <summary>Terms enough for an argument of pi/4: the first one left out is below 2^-100.</summary>
    private const int Terms = 13;

    /// <summary>Pi rounded to 66 bits, in units of 2^-64 (SDM 1 8.3.8).</summary>
    private static UInt128 Pi => new(3, 0x243F_6A88_85A3_08D3);

    public static bool Sine(ref X87Context context, Float80 operand, out Float80 result) =>
        SineCosine(ref context, operand, out result, out _, wantsSine: true, wantsCosine: false);

    public static bool Cosine(ref X87Context context, Float80 operand, out Float80 result) =>
        SineCosine(ref context, operand, out _, out result, wantsSine: false, wantsCosine: true);

    /// <summary>FSINCOS: the sine replaces the operand and the cosine is pushed.</summary>
    public static bool SineCosine(ref X87Context context, Float80 operand, out Float80 sine, out Float80 cosine) =>
        SineCosine(ref context, operand, out sine, out cosine, wantsSine: true, wantsCosine: true);

    /// <summary>FPTAN: the tangent replaces the operand. Then <paramref name="pushed"/> is pushed: 1.0, or for an operand
    /// that is a NaN or invalid the same as the result.</summary>
    public static bool Tangent(ref X87Context context, Float80 operand, out Float80 result, out Float80 pushed)
    {
        pushed = Float80.One;
        if (!IsOrdinary(ref context, operand, out result))
        {
            if (result.IsNaN)
                pushed = result;
            return !IsOutOfRange(operand);
        }

        int quadrant = Reduce(operand, out Unrounded angle);
        UInt128 square = SquareFraction(in angle);
        Unrounded sine = SineOf(in angle, square);
        Unrounded cosine = CosineOf(square);
        Unrounded tangent = (quadrant & 1) == 0 ? Divide(in sine, in cosine) : Negate(Divide(in cosine, in sine));
        result = Finish(ref context, operand.Sign ? Negate(in tangent) : tangent);
        return true;
    }

    private static bool SineCosine(
        ref X87Context context, Float80 operand, out Float80 sine, out Float80 cosine, bool wantsSine, bool wantsCosine)
    {
        if (!IsOrdinary(ref context, operand, out sine))
        {
            cosine = operand.IsZero ? Float80.One : sine;
            return !IsOutOfRange(operand);
        }

        int quadrant = Reduce(operand, out Unrounded angle);
        UInt128 square = SquareFraction(in angle);
        Unrounded first = SineOf(in angle, square);
        Unrounded second = CosineOf(square);
        bool odd = (quadrant & 1) != 0;
        cosine = default;
        if (wantsCosine)
        {
            Unrounded value = odd ? first : second;
            cosine = Finish(ref context, quadrant is 1 or 2 ? Negate(in value) : value);
        }

        if (wantsSine)
        {
            Unrounded value = odd ? second : first;
            sine = Finish(ref context, quadrant >= 2 != operand.Sign ? Negate(in value) : value);
        }

        return true;
    }

    private static bool IsOutOfRange(Float80 operand) =>
        operand.BiasedExponent is >= Float80.Bias + 63 and < Float80.MaximumExponent && !operand.IsUnsupported;

    /// <summary>False when the operand alone decides the result, and what that is for a sine.</summary>
    private static bool IsOrdinary(ref X87Context context, Float80 operand, out Float80 result)
    {
        if (X87Arithmetic.IsSpecial(ref context, operand, out result))
            return false;
        result = operand;
        if (operand.IsInfinity)
            result = context.Invalid();
        else if (!operand.IsZero && !IsOutOfRange(operand) && context.CheckDenormal(operand))
            return true;
        return false;
    }

    /// <summary>The magnitude as quadrant * pi/2 + angle, with the angle from -pi/4 to pi/4 and the quadrant modulo 4.</summary>
    private static int Reduce(Float80 operand, out Unrounded angle)
    {
        Unrounded value = operand.Absolute().Unpack();
        angle = value;
        if (value.Exponent < -1)
            return 0;

        // In units of 2^-65 both the operand and half of pi are integers, so the remainder is exact. It is never zero: pi's
        // significand is odd and has more bits than the operand's.
        (UInt128 quotient, UInt128 remainder) = UInt128.DivRem((UInt128)value.High << (value.Exponent + 2), Pi);
        bool above = remainder > Pi - remainder;
        if (above)
        {
            remainder = Pi - remainder;
            quotient++;
        }

        angle = Make(above, 127 - 65, remainder);
        return (int)quotient & 3;
    }

    private static Unrounded SineOf(in Unrounded angle, UInt128 square)
    {
        UInt128 series = AlternatingSeries(SeriesConstants.InverseFactorials, 1, 2, Terms, square);
        return ScaleDown(in angle, WideMath.MultiplyHigh(square, series));
    }

    private static Unrounded CosineOf(UInt128 square)
    {
        UInt128 series = AlternatingSeries(SeriesConstants.InverseFactorials, 0, 2, Terms, square);
        return ScaleDown(new Unrounded(false, 0, Float80.IntegerBit, 0), WideMath.MultiplyHigh(square, series));
    }
}
