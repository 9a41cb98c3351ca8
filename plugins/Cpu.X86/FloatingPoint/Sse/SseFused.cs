namespace Dominion.Cpu.X86.FloatingPoint.Sse;

/// <summary>FMA's product and sum with one rounding, by exact arithmetic (SDM 1 14.5.2).</summary>
internal static class SseFused
{
    /// <summary>left * right + addend, as the masked response.</summary>
    /// <param name="format">The operands' format.</param>
    /// <param name="left">The multiplicand.</param>
    /// <param name="right">The multiplier.</param>
    /// <param name="addend">What is added.</param>
    /// <param name="negatesProduct">Whether the product is negated; the sign of a NaN stays.</param>
    /// <param name="subtracts">Whether the addend is negated; the sign of a NaN stays.</param>
    /// <param name="mxcsr">The control fields.</param>
    /// <param name="raised">Receives the exceptions.</param>
    public static ulong MultiplyAdd(
        FloatFormat format, ulong left, ulong right, ulong addend, bool negatesProduct, bool subtracts, uint mxcsr, ref FloatExceptions raised)
    {
        if (format.IsNaN(left) || format.IsNaN(right) || format.IsNaN(addend))
        {
            if (format.IsSignalingNaN(left) || format.IsSignalingNaN(right) || format.IsSignalingNaN(addend))
                raised |= FloatExceptions.Invalid;
            return (format.IsNaN(left) ? left : format.IsNaN(right) ? right : addend) | format.QuietBit;
        }

        left = SseArithmetic.FlushOperand(format, left, mxcsr);
        right = SseArithmetic.FlushOperand(format, right, mxcsr);
        addend = SseArithmetic.FlushOperand(format, addend, mxcsr);
        if (subtracts)
            addend ^= format.SignBit;
        bool sign = format.Sign(left) != format.Sign(right) != negatesProduct;
        bool isInfinite = format.IsInfinity(left) || format.IsInfinity(right);
        bool isZero = format.IsZero(left) || format.IsZero(right);
        bool isInfiniteSum = format.IsInfinity(addend);
        if (isInfinite && (isZero || (isInfiniteSum && format.Sign(addend) != sign)))
            return SseArithmetic.Invalid(format, ref raised);
        if (!SseArithmetic.CheckDenormals(format, left, right, mxcsr, ref raised)
            | !SseArithmetic.CheckDenormals(format, addend, addend, mxcsr, ref raised)
            || isInfinite)
            return format.Infinity(sign);
        if (isInfiniteSum)
            return addend;

        ulong cancelled = format.Zero(SseControl.Rounding(mxcsr) == RoundingMode.Down);
        if (isZero)
        {
            if (!format.IsZero(addend))
                return SseArithmetic.Round(format, format.Unpack(addend), mxcsr, ref raised);
            return format.Sign(addend) == sign ? addend : cancelled;
        }

        Unrounded product = Unrounded.Multiply(format.Unpack(left), format.Unpack(right));
        product = new Unrounded(sign, product.Exponent, product.High, product.Low);
        if (format.IsZero(addend))
            return SseArithmetic.Round(format, in product, mxcsr, ref raised);
        return Unrounded.TryAddWide(in product, format.Unpack(addend), out Unrounded sum)
            ? SseArithmetic.Round(format, in sum, mxcsr, ref raised)
            : cancelled;
    }
}
