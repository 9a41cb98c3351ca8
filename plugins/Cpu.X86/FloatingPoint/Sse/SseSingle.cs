using System.Runtime.CompilerServices;

namespace Dominion.Cpu.X86.FloatingPoint.Sse;

/// <summary>SSE arithmetic on one single-precision element, as bits. Every method takes MXCSR for its control fields and
/// adds the exceptions of the element to <c>raised</c>; <see cref="SseControl.Commit"/> ends the instruction. The result is
/// the masked response. Ordinary operands are left to the host's arithmetic, which rounds to nearest: products in double precision and the error of a sum
/// show whether that was exact, unless nobody will see it.</summary>
internal static class SseSingle
{
    /// <summary>Biased exponents between which no intermediate of the checks leaves the range.</summary>
    private const int LeastExponent = 2;
    private const int GreatestExponent = 252;

    public static uint Add(uint left, uint right, uint mxcsr, ref FloatExceptions raised)
    {
        if (IsFast(left, right, mxcsr))
        {
            float x = ToFloat(left);
            float y = ToFloat(right);
            float sum = x + y;
            if (IsFast(ToBits(sum)))
            {
                if (!SseControl.IgnoresInexact(mxcsr) && !IsExactSum(x, y, sum))
                    raised |= FloatExceptions.Precision;
                return ToBits(sum);
            }
        }

        return (uint)SseArithmetic.Add(FloatFormat.Single, left, right, false, mxcsr, ref raised);
    }

    public static uint Subtract(uint left, uint right, uint mxcsr, ref FloatExceptions raised)
    {
        if (IsFast(left, right, mxcsr))
        {
            float x = ToFloat(left);
            float y = ToFloat(right);
            float difference = x - y;
            if (IsFast(ToBits(difference)))
            {
                if (!SseControl.IgnoresInexact(mxcsr) && !IsExactSum(x, -y, difference))
                    raised |= FloatExceptions.Precision;
                return ToBits(difference);
            }
        }

        return (uint)SseArithmetic.Add(FloatFormat.Single, left, right, true, mxcsr, ref raised);
    }

    public static uint Multiply(uint left, uint right, uint mxcsr, ref FloatExceptions raised)
    {
        if (IsFast(left, right, mxcsr))
        {
            float x = ToFloat(left);
            float y = ToFloat(right);
            float product = x * y;
            if (IsFast(ToBits(product)))
            {
                if (!SseControl.IgnoresInexact(mxcsr) && (double)x * y != product)
                    raised |= FloatExceptions.Precision;
                return ToBits(product);
            }
        }

        return (uint)SseArithmetic.Multiply(FloatFormat.Single, left, right, mxcsr, ref raised);
    }

    public static uint Divide(uint left, uint right, uint mxcsr, ref FloatExceptions raised)
    {
        if (IsFast(left, right, mxcsr))
        {
            float x = ToFloat(left);
            float y = ToFloat(right);
            float quotient = x / y;
            if (IsFast(ToBits(quotient)))
            {
                if (!SseControl.IgnoresInexact(mxcsr) && (double)quotient * y != x)
                    raised |= FloatExceptions.Precision;
                return ToBits(quotient);
            }
        }

        return (uint)SseArithmetic.Divide(FloatFormat.Single, left, right, mxcsr, ref raised);
    }

    public static uint SquareRoot(uint operand, uint mxcsr, ref FloatExceptions raised)
    {
        if (IsFast(operand, operand, mxcsr) && ToFloat(operand) > 0)
        {
            float root = MathF.Sqrt(ToFloat(operand));
            if (!SseControl.IgnoresInexact(mxcsr) && (double)root * root != ToFloat(operand))
                raised |= FloatExceptions.Precision;
            return ToBits(root);
        }

        return (uint)SseArithmetic.SquareRoot(FloatFormat.Single, operand, mxcsr, ref raised);
    }

    public static uint Minimum(uint left, uint right, uint mxcsr, ref FloatExceptions raised) =>
        (uint)SseArithmetic.Select(FloatFormat.Single, left, right, FloatRelation.Less, mxcsr, ref raised);

    public static uint Maximum(uint left, uint right, uint mxcsr, ref FloatExceptions raised) =>
        (uint)SseArithmetic.Select(FloatFormat.Single, left, right, FloatRelation.Greater, mxcsr, ref raised);

    /// <inheritdoc cref="SseArithmetic.Compare"/>
    public static FloatRelation Compare(
        uint left, uint right, bool quietIsInvalid, uint mxcsr, ref FloatExceptions raised) =>
        SseArithmetic.Compare(FloatFormat.Single, left, right, quietIsInvalid, mxcsr, ref raised);

    /// <summary>The value in the other format: CVTSS2SD.</summary>
    public static ulong ToDouble(uint operand, uint mxcsr, ref FloatExceptions raised)
    {
        if (SseControl.AllowsHost(mxcsr) && IsFast(operand))
            return BitConverter.DoubleToUInt64Bits(ToFloat(operand));
        return SseArithmetic.Convert(FloatFormat.Single, FloatFormat.Double, operand, mxcsr, ref raised);
    }

    public static uint FromInteger(long value, uint mxcsr, ref FloatExceptions raised)
    {
        // Integers of so few bits are exact.
        if (SseControl.AllowsHost(mxcsr) && value is >= -(1L << 24) and <= 1L << 24)
            return ToBits(value);
        return (uint)SseArithmetic.FromInteger(FloatFormat.Single, value, mxcsr, ref raised);
    }

    /// <summary>An integer of 32 bits, rounded by MXCSR or truncated.</summary>
    public static int ToInt32(uint operand, bool truncate, uint mxcsr, ref FloatExceptions raised)
    {
        float value = ToFloat(operand);
        RoundingMode mode = truncate ? RoundingMode.TowardZero : SseControl.Rounding(mxcsr);
        if (SseControl.AllowsHost(mxcsr) && mode is (RoundingMode.TowardZero or RoundingMode.NearestEven))
        {
            int integer = (int)(mode == RoundingMode.TowardZero ? value : MathF.Round(value));
            if (integer is > int.MinValue and < int.MaxValue and not 0)
            {
                if (value != integer)
                    raised |= FloatExceptions.Precision;
                return integer;
            }
        }

        return (int)SseArithmetic.ToInteger(FloatFormat.Single, operand, 32, mode, mxcsr, ref raised);
    }

    /// <summary>An integer of 64 bits, rounded by MXCSR or truncated.</summary>
    public static long ToInt64(uint operand, bool truncate, uint mxcsr, ref FloatExceptions raised)
    {
        float value = ToFloat(operand);
        RoundingMode mode = truncate ? RoundingMode.TowardZero : SseControl.Rounding(mxcsr);
        if (SseControl.AllowsHost(mxcsr) && mode is (RoundingMode.TowardZero or RoundingMode.NearestEven))
        {
            long integer = (long)(mode == RoundingMode.TowardZero ? value : MathF.Round(value));
            if (integer is > long.MinValue and < long.MaxValue and not 0)
            {
                if (value != integer)
                    raised |= FloatExceptions.Precision;
                return integer;
            }
        }

        return SseArithmetic.ToInteger(FloatFormat.Single, operand, 64, mode, mxcsr, ref raised);
    }

    /// <summary>ROUNDSS with its immediate: bits 1:0 are the rounding mode unless bit 2 asks for MXCSR's, and bit 3 keeps an
    /// inexact result from being reported (SDM 2 ROUNDSS).</summary>
    public static uint RoundToInteger(uint operand, int immediate, uint mxcsr, ref FloatExceptions raised)
    {
        RoundingMode mode = (immediate & 4) != 0 ? SseControl.Rounding(mxcsr) : (RoundingMode)(immediate & 3);
        return (uint)SseArithmetic.RoundToInteger(
            FloatFormat.Single, operand, mode, (immediate & 8) == 0, mxcsr, ref raised);
    }

    private static bool IsFast(uint left, uint right, uint mxcsr) =>
        (mxcsr & SseControl.HostField) == 0 && IsFast(left) && IsFast(right);

    private static bool IsFast(uint bits) =>
        ((uint)(bits >> 23) & 0xFF) - LeastExponent <= GreatestExponent - LeastExponent;

    /// <summary>Whether a sum was exact, by the error that the rounding to nearest made (the two-sum of Knuth).</summary>
    private static bool IsExactSum(float x, float y, float sum)
    {
        float part = sum - x;
        return (x - (sum - part)) + (y - part) == 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float ToFloat(uint bits) => BitConverter.UInt32BitsToSingle(bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint ToBits(float value) => BitConverter.SingleToUInt32Bits(value);
}
