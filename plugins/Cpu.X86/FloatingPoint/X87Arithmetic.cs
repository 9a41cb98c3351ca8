namespace Dominion.Cpu.X86.FloatingPoint;

/// <summary>The basic x87 instructions, with their non-arithmetic operand tables (SDM 2 FADD, FSUB, FMUL, FDIV, FSQRT,
/// FRNDINT, FSCALE, FXTRACT). Reverse forms are the same with the operands exchanged.</summary>
internal static class X87Arithmetic
{
    public static Float80 Add(ref X87Context context, Float80 left, Float80 right) => AddSigned(ref context, left, right, false);

    public static Float80 Subtract(ref X87Context context, Float80 left, Float80 right) => AddSigned(ref context, left, right, true);

    public static Float80 Multiply(ref X87Context context, Float80 left, Float80 right)
    {
        if (!context.AreOrdinary(left, right))
        {
            if (IsSpecialPair(ref context, left, right, out Float80 special))
                return special;
            bool sign = left.Sign != right.Sign;
            if (left.IsInfinity || right.IsInfinity)
            {
                if (left.IsZero || right.IsZero)
                    return context.Invalid();
                context.CheckDenormal(left, right);
                return Float80.Infinity(sign);
            }

            if (!context.CheckDenormal(left, right) || left.IsZero || right.IsZero)
                return Float80.Zero(sign);
        }

        return X87Rounder.RoundToPrecision(ref context, Unrounded.Multiply(left.Unpack(), right.Unpack()));
    }

    public static Float80 Divide(ref X87Context context, Float80 left, Float80 right)
    {
        if (!context.AreOrdinary(left, right))
        {
            if (IsSpecialPair(ref context, left, right, out Float80 special))
                return special;
            bool sign = left.Sign != right.Sign;
            if (left.IsInfinity)
            {
                if (right.IsInfinity)
                    return context.Invalid();
                context.CheckDenormal(right);
                return Float80.Infinity(sign);
            }

            if (right.IsZero)
            {
                if (left.IsZero)
                    return context.Invalid();
                // Takes precedence over a denormal dividend, even when it is masked.
                context.Raised |= FloatExceptions.ZeroDivide;
                return Float80.Infinity(sign);
            }

            if (!context.CheckDenormal(left, right) || left.IsZero || right.IsInfinity)
                return Float80.Zero(sign);
        }

        return X87Rounder.RoundToPrecision(ref context, Unrounded.Divide(left.Unpack(), right.Unpack()));
    }

    public static Float80 SquareRoot(ref X87Context context, Float80 operand)
    {
        if (!operand.IsNormal || operand.Sign)
        {
            if (IsSpecial(ref context, operand, out Float80 special))
                return special;
            if (operand.IsZero)
                return operand;
            if (operand.Sign)
                return context.Invalid();
            if (operand.IsInfinity || !context.CheckDenormal(operand))
                return operand;
        }

        return X87Rounder.RoundToPrecision(ref context, Unrounded.SquareRoot(operand.Unpack()));
    }

    /// <summary>FRNDINT: an integer in the current rounding mode; the precision control does not apply.</summary>
    public static Float80 RoundToInteger(ref X87Context context, Float80 operand)
    {
        if (IsSpecial(ref context, operand, out Float80 special))
            return special;
        if (operand.IsInfinity || operand.IsZero || !context.CheckDenormal(operand))
            return operand;
        int exponent = operand.BiasedExponent - Float80.Bias;
        if (exponent >= 63)
            return operand;

        ulong magnitude = X87Integers.RoundMagnitude(operand, context.Rounding, out bool inexact, out bool roundedUp);
        if (inexact)
        {
            context.Raised |= FloatExceptions.Precision;
            context.RoundedUp = roundedUp;
        }

        return X87Integers.FromMagnitude(operand.Sign, magnitude);
    }

    /// <summary>FSCALE: <paramref name="operand"/> times two to the power of <paramref name="scale"/>, truncated.</summary>
    public static Float80 Scale(ref X87Context context, Float80 operand, Float80 scale)
    {
        if (IsSpecialPair(ref context, operand, scale, out Float80 special))
            return special;
        if (scale.IsInfinity)
        {
            if (scale.Sign ? operand.IsInfinity : operand.IsZero)
                return context.Invalid();
            context.CheckDenormal(operand);
            return scale.Sign ? Float80.Zero(operand.Sign) : Float80.Infinity(operand.Sign);
        }

        if (!context.CheckDenormal(operand, scale) || operand.IsInfinity || operand.IsZero)
            return operand;

        // 2^16 is farther than the whole range of exponents, even with the adjustment for an unmasked exception.
        int exponent = scale.BiasedExponent - Float80.Bias;
        int distance = exponent < 0 ? 0 : exponent > 16 ? 1 << 16 : (int)(scale.Significand >> (63 - exponent));
        Unrounded value = operand.Unpack();
        return X87Rounder.RoundToExtended(
            ref context, new Unrounded(value.Sign, value.Exponent + (scale.Sign ? -distance : distance), value.High, 0));
    }

    /// <summary>FXTRACT: returns the exponent, which stays in the old top of the stack; the significand is pushed.</summary>
    public static Float80 Extract(ref X87Context context, Float80 operand, out Float80 significand)
    {
        significand = operand;
        if (IsSpecial(ref context, operand, out Float80 special))
            return significand = special;
        if (operand.IsInfinity)
            return Float80.Infinity(false);
        if (operand.IsZero)
        {
            context.Raised |= FloatExceptions.ZeroDivide;
            return Float80.Infinity(true);
        }

        if (!context.CheckDenormal(operand))
            return operand;
        Unrounded value = operand.Unpack();
        significand = new Float80(value.Sign, Float80.Bias, value.High);
        return X87Integers.FromInt64(value.Exponent);
    }

    /// <summary>An unsupported operand or a NaN, which every instruction answers alike.</summary>
    internal static bool IsSpecial(ref X87Context context, Float80 operand, out Float80 result)
    {
        result = default;
        if (operand.IsUnsupported)
            result = context.Invalid();
        else if (operand.IsNaN)
            result = X87NaN.Propagate(ref context, operand);
        else
            return false;
        return true;
    }

    /// <summary>Two operands of which one is unsupported or a NaN, which every instruction answers alike.</summary>
    internal static bool IsSpecialPair(ref X87Context context, Float80 left, Float80 right, out Float80 result)
    {
        result = default;
        if (left.IsUnsupported || right.IsUnsupported)
            result = context.Invalid();
        else if (left.IsNaN || right.IsNaN)
            result = X87NaN.Propagate(ref context, left, right);
        else
            return false;
        return true;
    }

    private static Float80 AddSigned(ref X87Context context, Float80 left, Float80 right, bool negate)
    {
        if (!context.AreOrdinary(left, right))
        {
            if (IsSpecialPair(ref context, left, right, out Float80 special))
                return special;
            if (negate)
                right = right.Negated();
            if (left.IsInfinity && right.IsInfinity && left.Sign != right.Sign)
                return context.Invalid();
            if (!context.CheckDenormal(left, right) || left.IsInfinity)
                return left;
            if (right.IsInfinity)
                return right;
            if (left.IsZero && right.IsZero)
                return left.Sign == right.Sign ? left : Float80.Zero(context.Rounding == RoundingMode.Down);
            if (left.IsZero || right.IsZero)
                return X87Rounder.RoundToPrecision(ref context, (left.IsZero ? right : left).Unpack());
        }
        else if (negate)
        {
            right = right.Negated();
        }

        // An exact zero from opposite signs is +0, and -0 when rounding down (SDM 1 4.8.3.1).
        return Unrounded.TryAdd(left.Unpack(), right.Unpack(), out Unrounded sum)
            ? X87Rounder.RoundToPrecision(ref context, in sum)
            : Float80.Zero(context.Rounding == RoundingMode.Down);
    }
}
