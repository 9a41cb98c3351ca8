namespace Dominion.Cpu.X86.FloatingPoint;

/// <summary>FPREM and FPREM1 (SDM 2 FPREM, FPREM1).</summary>
internal static class X87Remainder
{
    /// <summary>FPREM: the quotient truncated.</summary>
    public static Float80 Truncating(ref X87Context context, Float80 dividend, Float80 divisor, out X87Quotient quotient) =>
        Reduce(ref context, dividend, divisor, toNearest: false, out quotient);

    /// <summary>FPREM1: the quotient rounded to the nearest integer, as IEEE 754 defines the remainder.</summary>
    public static Float80 ToNearest(ref X87Context context, Float80 dividend, Float80 divisor, out X87Quotient quotient) =>
        Reduce(ref context, dividend, divisor, toNearest: true, out quotient);

    private static Float80 Reduce(
        ref X87Context context, Float80 dividend, Float80 divisor, bool toNearest, out X87Quotient quotient)
    {
        quotient = default;
        if (X87Arithmetic.IsSpecialPair(ref context, dividend, divisor, out Float80 special))
            return special;
        if (dividend.IsInfinity || divisor.IsZero)
            return context.Invalid();
        if (!context.CheckDenormal(dividend, divisor) || dividend.IsZero)
            return dividend;
        Unrounded value = dividend.Unpack();
        if (divisor.IsInfinity)
            return X87Rounder.RoundToExtended(ref context, in value);

        Unrounded modulus = divisor.Unpack();
        int distance = value.Exponent - modulus.Exponent;
        if (distance < (toNearest ? -1 : 0))
            return X87Rounder.RoundToExtended(ref context, in value);

        bool sign = value.Sign;
        ulong multiple = 0;
        ulong rest = value.High;
        int exponent = modulus.Exponent;
        if (distance >= 64)
        {
            // A partial remainder: the manual leaves it to the processor by how many bits, from 32 to 63, the exponent falls.
            // All processors known to us leave a multiple of 32 to go.
            int bits = 32 | (distance & 31);
            Divide(ref rest, modulus.High, bits);
            exponent += distance - bits;
            quotient = X87Quotient.Incomplete;
        }
        else
        {
            if (distance >= 0)
                multiple = Divide(ref rest, modulus.High, distance);
            else
                exponent--;

            // At distance -1 rest is in halves of the modulus' unit, so twice the modulus is what it is a remainder of.
            if (toNearest && IsAboveHalf(rest, modulus.High, distance, multiple))
            {
                multiple++;
                sign = !sign;
                if (distance < 0)
                {
                    quotient = new X87Quotient(multiple);
                    return Finish(ref context, sign, exponent, (UInt128)modulus.High * 2 - rest);
                }

                rest = modulus.High - rest;
            }

            quotient = new X87Quotient(multiple);
        }

        return rest == 0 ? Float80.Zero(value.Sign) : Finish(ref context, sign, exponent, rest);
    }

    /// <summary>The remainder is exact, but an unmasked underflow is raised for every tiny result.</summary>
    private static Float80 Finish(ref X87Context context, bool sign, int exponent, UInt128 rest) =>
        X87Rounder.RoundToExtended(
            ref context, Unrounded.Normalize(sign, exponent + 64, (ulong)(rest >> 64), (ulong)rest));

    private static bool IsAboveHalf(ulong rest, ulong modulus, int distance, ulong multiple)
    {
        if (distance < 0)
            return rest > modulus;
        ulong complement = modulus - rest;
        return rest > complement || (rest == complement && (multiple & 1) != 0);
    }

    /// <summary>rest * 2^bits modulo the modulus, both with bit 63 set at first; returns the quotient's low 64 bits.</summary>
    private static ulong Divide(ref ulong rest, ulong modulus, int bits)
    {
        ulong multiple = 0;
        if (rest >= modulus)
        {
            rest -= modulus;
            multiple = 1;
        }

        if (bits == 0)
            return multiple;
        return (multiple << bits) | WideMath.Divide(rest >> (64 - bits), rest << bits, modulus, out rest);
    }
}
