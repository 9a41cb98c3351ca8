namespace Dominion.Cpu.X86.FloatingPoint.Sse;

/// <summary>The complete rules of SSE arithmetic on one element, for both formats: what <see cref="SseSingle"/> and
/// <see cref="SseDouble"/> fall back on when the host's arithmetic does not decide. Results are the masked responses.</summary>
internal static class SseArithmetic
{
    public static ulong Add(FloatFormat format, ulong left, ulong right, bool negate, uint mxcsr, ref FloatExceptions raised)
    {
        if (!Prepare(format, ref left, ref right, mxcsr, ref raised, out ulong nan))
            return nan;
        if (negate)
            right ^= format.SignBit;
        bool isInfinite = format.IsInfinity(left);
        if (isInfinite && format.IsInfinity(right) && left != right)
            return Invalid(format, ref raised);
        if (!CheckDenormals(format, left, right, mxcsr, ref raised) || isInfinite)
            return left;
        if (format.IsInfinity(right))
            return right;
        RoundingMode mode = SseControl.Rounding(mxcsr);
        if (format.IsZero(left))
        {
            if (!format.IsZero(right))
                return Round(format, format.Unpack(right), mxcsr, ref raised);
            return left == right ? left : format.Zero(mode == RoundingMode.Down);
        }

        if (format.IsZero(right))
            return Round(format, format.Unpack(left), mxcsr, ref raised);
        return Unrounded.TryAdd(format.Unpack(left), format.Unpack(right), out Unrounded sum)
            ? Round(format, in sum, mxcsr, ref raised)
            : format.Zero(mode == RoundingMode.Down);
    }

    public static ulong Multiply(FloatFormat format, ulong left, ulong right, uint mxcsr, ref FloatExceptions raised)
    {
        if (!Prepare(format, ref left, ref right, mxcsr, ref raised, out ulong nan))
            return nan;
        bool sign = format.Sign(left) != format.Sign(right);
        bool isInfinite = format.IsInfinity(left) || format.IsInfinity(right);
        bool isZero = format.IsZero(left) || format.IsZero(right);
        if (isInfinite && isZero)
            return Invalid(format, ref raised);
        if (!CheckDenormals(format, left, right, mxcsr, ref raised) || isZero)
            return format.Zero(sign);
        return isInfinite
            ? format.Infinity(sign)
            : Round(format, Unrounded.Multiply(format.Unpack(left), format.Unpack(right)), mxcsr, ref raised);
    }

    public static ulong Divide(FloatFormat format, ulong left, ulong right, uint mxcsr, ref FloatExceptions raised)
    {
        if (!Prepare(format, ref left, ref right, mxcsr, ref raised, out ulong nan))
            return nan;
        bool sign = format.Sign(left) != format.Sign(right);
        bool isInfinite = format.IsInfinity(left);
        if (isInfinite ? format.IsInfinity(right) : format.IsZero(left) && format.IsZero(right))
            return Invalid(format, ref raised);
        if (format.IsZero(right) && !isInfinite)
        {
            // Takes precedence over a denormal dividend, even when it is masked.
            raised |= FloatExceptions.ZeroDivide;
            return format.Infinity(sign);
        }

        if (!CheckDenormals(format, left, right, mxcsr, ref raised) || isInfinite)
            return format.Infinity(sign);
        if (format.IsZero(left) || format.IsInfinity(right))
            return format.Zero(sign);
        return Round(format, Unrounded.Divide(format.Unpack(left), format.Unpack(right)), mxcsr, ref raised);
    }

    public static ulong SquareRoot(FloatFormat format, ulong operand, uint mxcsr, ref FloatExceptions raised)
    {
        if (format.IsNaN(operand))
            return Quiet(format, operand, ref raised);
        operand = FlushOperand(format, operand, mxcsr);
        if (format.IsZero(operand))
            return operand;
        if (format.Sign(operand))
            return Invalid(format, ref raised);
        if (format.IsInfinity(operand) || !CheckDenormals(format, operand, operand, mxcsr, ref raised))
            return operand;
        return Round(format, Unrounded.SquareRoot(format.Unpack(operand)), mxcsr, ref raised);
    }

    /// <summary>MIN and MAX: the second operand when either is a NaN, which is invalid even if quiet, or both are zero (SDM 2
    /// MINSS).</summary>
    public static ulong Select(
        FloatFormat format, ulong left, ulong right, FloatRelation wanted, uint mxcsr, ref FloatExceptions raised)
    {
        left = FlushOperand(format, left, mxcsr);
        right = FlushOperand(format, right, mxcsr);
        return Compare(format, left, right, true, mxcsr, ref raised) == wanted ? left : right;
    }

    /// <param name="format">The operands' format.</param>
    /// <param name="left">The first operand.</param>
    /// <param name="right">The second operand.</param>
    /// <param name="quietIsInvalid">COMIS and the signaling predicates: a quiet NaN too is an invalid operation.</param>
    /// <param name="mxcsr">The control fields.</param>
    /// <param name="raised">Receives the exceptions.</param>
    public static FloatRelation Compare(
        FloatFormat format, ulong left, ulong right, bool quietIsInvalid, uint mxcsr, ref FloatExceptions raised)
    {
        if (format.IsNaN(left) || format.IsNaN(right))
        {
            if (quietIsInvalid || format.IsSignalingNaN(left) || format.IsSignalingNaN(right))
                raised |= FloatExceptions.Invalid;
            return FloatRelation.Unordered;
        }

        left = FlushOperand(format, left, mxcsr);
        right = FlushOperand(format, right, mxcsr);
        CheckDenormals(format, left, right, mxcsr, ref raised);
        if (left == right || (format.IsZero(left) && format.IsZero(right)))
            return FloatRelation.Equal;
        if (format.Sign(left) != format.Sign(right))
            return format.Sign(left) ? FloatRelation.Less : FloatRelation.Greater;
        return left < right != format.Sign(left) ? FloatRelation.Less : FloatRelation.Greater;
    }

    /// <summary>CVTSS2SD and CVTSD2SS.</summary>
    public static ulong Convert(FloatFormat from, FloatFormat to, ulong operand, uint mxcsr, ref FloatExceptions raised)
    {
        bool sign = from.Sign(operand);
        if (from.IsNaN(operand))
        {
            ulong payload = (Quiet(from, operand, ref raised) & from.FractionMask) << (63 - from.FractionBits);
            return to.Infinity(sign) | (payload >> (63 - to.FractionBits));
        }

        operand = FlushOperand(from, operand, mxcsr);
        if (from.IsZero(operand))
            return to.Zero(sign);
        if (from.IsInfinity(operand))
            return to.Infinity(sign);
        return CheckDenormals(from, operand, operand, mxcsr, ref raised)
            ? Round(to, from.Unpack(operand), mxcsr, ref raised)
            : 0;
    }

    /// <summary>CVTSI2SS and CVTSI2SD.</summary>
    public static ulong FromInteger(FloatFormat format, long value, uint mxcsr, ref FloatExceptions raised)
    {
        if (value == 0)
            return 0;
        ulong magnitude = value < 0 ? 0 - (ulong)value : (ulong)value;
        return Round(format, Unrounded.Normalize(value < 0, 63, magnitude, 0), mxcsr, ref raised);
    }

    /// <summary>CVTSS2SI, CVTTSS2SI and their kin: what does not fit is invalid, with the integer indefinite. Denormals raise
    /// nothing of their own.</summary>
    public static long ToInteger(
        FloatFormat format, ulong operand, int width, RoundingMode mode, uint mxcsr, ref FloatExceptions raised)
    {
        ulong limit = 1UL << (width - 1);
        operand = FlushOperand(format, operand, mxcsr);
        if (format.IsZero(operand))
            return 0;
        if (format.BiasedExponent(operand) - format.Bias <= 63)
        {
            bool sign = format.Sign(operand);
            ulong magnitude = RoundMagnitude(format.Unpack(operand), mode, out bool inexact);
            if (magnitude <= (sign ? limit : limit - 1))
            {
                if (inexact)
                    raised |= FloatExceptions.Precision;
                return sign ? (long)(0 - magnitude) : (long)magnitude;
            }
        }

        raised |= FloatExceptions.Invalid;
        return (long)(0 - limit);
    }

    /// <summary>ROUNDSS and ROUNDSD; denormals raise nothing of their own.</summary>
    public static ulong RoundToInteger(
        FloatFormat format, ulong operand, RoundingMode mode, bool reportsInexact, uint mxcsr, ref FloatExceptions raised)
    {
        if (format.IsNaN(operand))
            return Quiet(format, operand, ref raised);
        operand = FlushOperand(format, operand, mxcsr);
        if (format.IsZero(operand) || format.BiasedExponent(operand) - format.Bias >= format.FractionBits)
            return operand;
        bool sign = format.Sign(operand);
        ulong magnitude = RoundMagnitude(format.Unpack(operand), mode, out bool inexact);
        if (inexact && reportsInexact)
            raised |= FloatExceptions.Precision;
        if (magnitude == 0)
            return format.Zero(sign);
        return Round(format, Unrounded.Normalize(sign, 63, magnitude, 0), 0, ref raised);
    }

    /// <summary>A denormal operand as zero when DAZ is set.</summary>
    internal static ulong FlushOperand(FloatFormat format, ulong operand, uint mxcsr) =>
        (mxcsr & SseControl.DenormalsAreZeros) != 0 && format.IsDenormal(operand) ? operand & format.SignBit : operand;

    /// <summary>False with the result when one operand is a NaN: the first of them, made quiet (SDM 1 table 4-7).</summary>
    private static bool Prepare(
        FloatFormat format, ref ulong left, ref ulong right, uint mxcsr, ref FloatExceptions raised, out ulong nan)
    {
        nan = 0;
        if (format.IsNaN(left) || format.IsNaN(right))
        {
            if (format.IsSignalingNaN(left) || format.IsSignalingNaN(right))
                raised |= FloatExceptions.Invalid;
            nan = (format.IsNaN(left) ? left : right) | format.QuietBit;
            return false;
        }

        left = FlushOperand(format, left, mxcsr);
        right = FlushOperand(format, right, mxcsr);
        return true;
    }

    /// <summary>Records a denormal operand; false when that is unmasked and ends the operation.</summary>
    internal static bool CheckDenormals(FloatFormat format, ulong left, ulong right, uint mxcsr, ref FloatExceptions raised)
    {
        if (!format.IsDenormal(left) && !format.IsDenormal(right))
            return true;
        raised |= FloatExceptions.Denormal;
        return (SseControl.Masked(mxcsr) & FloatExceptions.Denormal) != 0;
    }

    private static ulong Quiet(FloatFormat format, ulong nan, ref FloatExceptions raised)
    {
        if (format.IsSignalingNaN(nan))
            raised |= FloatExceptions.Invalid;
        return nan | format.QuietBit;
    }

    internal static ulong Invalid(FloatFormat format, ref FloatExceptions raised)
    {
        raised |= FloatExceptions.Invalid;
        return format.Indefinite;
    }

    internal static ulong Round(FloatFormat format, in Unrounded value, uint mxcsr, ref FloatExceptions raised) =>
        format.Round(
            in value,
            SseControl.Rounding(mxcsr),
            SseControl.Masked(mxcsr),
            (mxcsr & SseControl.FlushToZero) != 0,
            ref raised,
            out _);

    /// <summary>Rounds a number below 2^64 to an integer.</summary>
    private static ulong RoundMagnitude(in Unrounded value, RoundingMode mode, out bool inexact)
    {
        ulong high = value.High;
        ulong low = 0;
        SignificandRounder.ShiftRightSticky(ref high, ref low, 63 - value.Exponent);
        return SignificandRounder.Round(mode, value.Sign, high, low, 0, out _, out inexact, out _);
    }
}
