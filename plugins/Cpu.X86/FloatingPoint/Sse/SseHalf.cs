namespace Dominion.Cpu.X86.FloatingPoint.Sse;

/// <summary>F16C's conversions of half-precision numbers (SDM 1 14.4).</summary>
internal static class SseHalf
{
    /// <summary>Between these, results are neither tiny nor infinite, however they are rounded: 2^-13 and 2^15.</summary>
    private const uint Least = 114u << 23;
    private const uint Greatest = 142u << 23;

    /// <summary>VCVTPH2PS of one element.</summary>
    public static uint ToSingle(ushort operand, uint mxcsr, ref FloatExceptions raised)
    {
        if (FloatFormat.Half.IsNaN(operand))
            return (uint)SseArithmetic.Convert(FloatFormat.Half, FloatFormat.Single, operand, mxcsr, ref raised);
        if (SseControl.AllowsHost(mxcsr))
            return BitConverter.SingleToUInt32Bits((float)BitConverter.UInt16BitsToHalf(operand));
        bool sign = FloatFormat.Half.Sign(operand);
        if (FloatFormat.Half.IsInfinity(operand))
            return (uint)FloatFormat.Single.Infinity(sign);
        return FloatFormat.Half.IsZero(operand)
            ? (uint)FloatFormat.Single.Zero(sign)
            : (uint)SseArithmetic.Round(FloatFormat.Single, FloatFormat.Half.Unpack(operand), mxcsr, ref raised);
    }

    /// <summary>VCVTPS2PH of one element: the immediate's bits 1:0 are the rounding mode unless bit 2 asks for MXCSR's. FZ does not count.</summary>
    public static ushort FromSingle(uint operand, int immediate, uint mxcsr, ref FloatExceptions raised)
    {
        uint control = mxcsr & ~SseControl.FlushToZero;
        if ((immediate & 4) == 0)
            control = (control & ~SseControl.RoundingField) | ((uint)(immediate & 3) << 13);
        bool isOrdinary = (operand & 0x7FFF_FFFF) is >= Least and < Greatest;
        if (isOrdinary && (control & SseControl.HostField) == 0 && SseControl.IgnoresInexact(mxcsr))
            return BitConverter.HalfToUInt16Bits((Half)BitConverter.UInt32BitsToSingle(operand));
        return (ushort)SseArithmetic.Convert(FloatFormat.Single, FloatFormat.Half, operand, control, ref raised);
    }
}
