using System.Runtime.CompilerServices;

namespace Dominion.Cpu.X86.FloatingPoint.Sse;

/// <summary>SSE arithmetic on one double-precision element, as bits. Every method takes MXCSR for its control fields and
/// adds the exceptions of the element to <c>raised</c>; <see cref="SseControl.Commit"/> ends the instruction. The result is
/// the masked response. Ordinary operands are left to the host's arithmetic, which rounds to nearest: the errors of a sum and of a fused multiply-add
/// show whether that was exact, unless nobody will see it.</summary>
internal static class SseDouble
{
    /// <summary>Biased exponents between which the residues of the checks neither underflow nor overflow.</summary>
    private const int LeastExponent = 128;
    private const int GreatestExponent = 2044;

    /// <summary>From here on a result of single precision cannot be a tiny one that was rounded up.</summary>
    private const double LeastSafeSingle = 2.3509887016445750e-38;

    public static ulong Add(ulong left, ulong right, uint mxcsr, ref FloatExceptions raised)
    {
        if (IsFast(left, right, mxcsr))
        {
            double x = ToFloat(left);
            double y = ToFloat(right);
            double sum = x + y;
            if (IsFast(ToBits(sum)))
            {
                if (!SseControl.IgnoresInexact(mxcsr) && !IsExactSum(x, y, sum))
                    raised |= FloatExceptions.Precision;
                return ToBits(sum);
            }
        }

        return SseArithmetic.Add(FloatFormat.Double, left, right, false, mxcsr, ref raised);
    }

    public static ulong Subtract(ulong left, ulong right, uint mxcsr, ref FloatExceptions raised)
    {
        if (IsFast(left, right, mxcsr))
        {
            double x = ToFloat(left);
            double y = ToFloat(right);
            double difference = x - y;
            if (IsFast(ToBits(difference)))
            {
                if (!SseControl.IgnoresInexact(mxcsr) && !IsExactSum(x, -y, difference))
                    raised |= FloatExceptions.Precision;
                return ToBits(difference);
            }
        }

        return SseArithmetic.Add(FloatFormat.Double, left, right, true, mxcsr, ref raised);
    }

    public static ulong Multiply(ulong left, ulong right, uint mxcsr, ref FloatExceptions raised)
    {
        if (IsFast(left, right, mxcsr))
        {
            double x = ToFloat(left);
            double y = ToFloat(right);
            double product = x * y;
            if (IsFast(ToBits(product)))
            {
                if (!SseControl.IgnoresInexact(mxcsr) && Math.FusedMultiplyAdd(x, y, -product) != 0)
                    raised |= FloatExceptions.Precision;
                return ToBits(product);
            }
        }

        return SseArithmetic.Multiply(FloatFormat.Double, left, right, mxcsr, ref raised);
    }

    public static ulong Divide(ulong left, ulong right, uint mxcsr, ref FloatExceptions raised)
    {
        if (IsFast(left, right, mxcsr))
        {
            double x = ToFloat(left);
            double y = ToFloat(right);
            double quotient = x / y;
            if (IsFast(ToBits(quotient)))
            {
                if (!SseControl.IgnoresInexact(mxcsr) && Math.FusedMultiplyAdd(quotient, y, -x) != 0)
                    raised |= FloatExceptions.Precision;
                return ToBits(quotient);
            }
        }

        return SseArithmetic.Divide(FloatFormat.Double, left, right, mxcsr, ref raised);
    }

    public static ulong SquareRoot(ulong operand, uint mxcsr, ref FloatExceptions raised)
    {
        if (IsFast(operand, operand, mxcsr) && ToFloat(operand) > 0)
        {
            double root = Math.Sqrt(ToFloat(operand));
            if (!SseControl.IgnoresInexact(mxcsr) && Math.FusedMultiplyAdd(root, root, -ToFloat(operand)) != 0)
                raised |= FloatExceptions.Precision;
            return ToBits(root);
        }

        return SseArithmetic.SquareRoot(FloatFormat.Double, operand, mxcsr, ref raised);
    }

    public static ulong Minimum(ulong left, ulong right, uint mxcsr, ref FloatExceptions raised) =>
        SseArithmetic.Select(FloatFormat.Double, left, right, FloatRelation.Less, mxcsr, ref raised);

    public static ulong Maximum(ulong left, ulong right, uint mxcsr, ref FloatExceptions raised) =>
        SseArithmetic.Select(FloatFormat.Double, left, right, FloatRelation.Greater, mxcsr, ref raised);

    /// <inheritdoc cref="SseArithmetic.Compare"/>
    public static FloatRelation Compare(
        ulong left, ulong right, bool quietIsInvalid, uint mxcsr, ref FloatExceptions raised) =>
        SseArithmetic.Compare(FloatFormat.Double, left, right, quietIsInvalid, mxcsr, ref raised);

    /// <summary>The value in the other format: CVTSD2SS.</summary>
    public static uint ToSingle(ulong operand, uint mxcsr, ref FloatExceptions raised)
    {
        if ((mxcsr & SseControl.HostField) == 0)
        {
            double value = ToFloat(operand);
            float single = (float)value;
            if (float.IsNormal(single) && Math.Abs(value) >= LeastSafeSingle)
            {
                if (single != value)
                    raised |= FloatExceptions.Precision;
                return BitConverter.SingleToUInt32Bits(single);
            }
        }

        return (uint)SseArithmetic.Convert(FloatFormat.Double, FloatFormat.Single, operand, mxcsr, ref raised);
    }

    public static ulong FromInteger(long value, uint mxcsr, ref FloatExceptions raised)
    {
        // Integers of so few bits are exact.
        if (SseControl.AllowsHost(mxcsr) && value is >= -(1L << 53) and <= 1L << 53)
            return ToBits(value);
        return SseArithmetic.FromInteger(FloatFormat.Double, value, mxcsr, ref raised);
    }

    /// <summary>An integer of 32 bits, rounded by MXCSR or truncated.</summary>
    public static int ToInt32(ulong operand, bool truncate, uint mxcsr, ref FloatExceptions raised)
    {
        double value = ToFloat(operand);
        RoundingMode mode = truncate ? RoundingMode.TowardZero : SseControl.Rounding(mxcsr);
        if (SseControl.AllowsHost(mxcsr) && mode is (RoundingMode.TowardZero or RoundingMode.NearestEven))
        {
            int integer = (int)(mode == RoundingMode.TowardZero ? value : Math.Round(value));
            if (integer is > int.MinValue and < int.MaxValue and not 0)
            {
                if (value != integer)
                    raised |= FloatExceptions.Precision;
                return integer;
            }
        }

        return (int)SseArithmetic.ToInteger(FloatFormat.Double, operand, 32, mode, mxcsr, ref raised);
    }

    /// <summary>An integer of 64 bits, rounded by MXCSR or truncated.</summary>
    public static long ToInt64(ulong operand, bool truncate, uint mxcsr, ref FloatExceptions raised)
    {
        double value = ToFloat(operand);
        RoundingMode mode = truncate ? RoundingMode.TowardZero : SseControl.Rounding(mxcsr);
        if (SseControl.AllowsHost(mxcsr) && mode is (RoundingMode.TowardZero or RoundingMode.NearestEven))
        {
            long integer = (long)(mode == RoundingMode.TowardZero ? value : Math.Round(value));
            if (integer is > long.MinValue and < long.MaxValue and not 0)
            {
                if (value != integer)
                    raised |= FloatExceptions.Precision;
                return integer;
            }
        }

        return SseArithmetic.ToInteger(FloatFormat.Double, operand, 64, mode, mxcsr, ref raised);
    }

    /// <summary>ROUNDSD with its immediate: bits 1:0 are the rounding mode unless bit 2 asks for MXCSR's, and bit 3 keeps an
    /// inexact result from being reported (SDM 2 ROUNDSD).</summary>
    public static ulong RoundToInteger(ulong operand, int immediate, uint mxcsr, ref FloatExceptions raised)
    {
        RoundingMode mode = (immediate & 4) != 0 ? SseControl.Rounding(mxcsr) : (RoundingMode)(immediate & 3);
        return SseArithmetic.RoundToInteger(
            FloatFormat.Double, operand, mode, (immediate & 8) == 0, mxcsr, ref raised);
    }

    private static bool IsFast(ulong left, ulong right, uint mxcsr) =>
        (mxcsr & SseControl.HostField) == 0 && IsFast(left) && IsFast(right);

    private static bool IsFast(ulong bits) =>
        ((uint)(bits >> 52) & 0x7FF) - LeastExponent <= GreatestExponent - LeastExponent;

    /// <summary>Whether a sum was exact, by the error that the rounding to nearest made (the two-sum of Knuth).</summary>
    private static bool IsExactSum(double x, double y, double sum)
    {
        double part = sum - x;
        return (x - (sum - part)) + (y - part) == 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double ToFloat(ulong bits) => BitConverter.UInt64BitsToDouble(bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong ToBits(double value) => BitConverter.DoubleToUInt64Bits(value);
}
