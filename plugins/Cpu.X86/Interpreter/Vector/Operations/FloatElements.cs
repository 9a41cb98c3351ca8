using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.FloatingPoint.Sse;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>Elements of floating-point vectors, and when the host's own arithmetic decides about them.</summary>
internal static class FloatElements
{
    /// <summary>Biased exponents 2 to 251, shifted into place: results in this range neither overflow nor underflow, however they are rounded.</summary>
    private const uint LeastSingle = 2u << 23;
    private const uint RangeSingle = 250u << 23;
    private const ulong LeastDouble = 2UL << 52;
    private const ulong RangeDouble = 2043UL << 52;

    /// <summary>Whether rounding is to nearest and nobody sees if a result is inexact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsRoundedUnseen(uint mxcsr) =>
        (mxcsr & SseControl.HostField) == 0 && SseControl.IgnoresInexact(mxcsr);

    /// <summary>Whether all elements are ordinary numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreOrdinary(Vector128<float> values, bool zeros)
    {
        Vector128<uint> magnitudes = values.AsUInt32() & Vector128.Create(0x7FFF_FFFFu);
        Vector128<uint> ordinary = Vector128.LessThan(magnitudes - Vector128.Create(LeastSingle), Vector128.Create(RangeSingle));
        if (zeros)
            ordinary |= Vector128.Equals(magnitudes, Vector128<uint>.Zero);
        return Vector128.EqualsAll(ordinary, Vector128<uint>.AllBitsSet);
    }

    /// <summary>Whether all elements are ordinary numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreOrdinary(Vector128<double> values, bool zeros)
    {
        Vector128<ulong> magnitudes = values.AsUInt64() & Vector128.Create(0x7FFF_FFFF_FFFF_FFFFUL);
        Vector128<ulong> ordinary = Vector128.LessThan(magnitudes - Vector128.Create(LeastDouble), Vector128.Create(RangeDouble));
        if (zeros)
            ordinary |= Vector128.Equals(magnitudes, Vector128<ulong>.Zero);
        return Vector128.EqualsAll(ordinary, Vector128<ulong>.AllBitsSet);
    }

    /// <summary>Whether an element is an ordinary number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsOrdinary(uint bits, bool zeros) =>
        (bits & 0x7FFF_FFFF) - LeastSingle < RangeSingle || (zeros && bits << 1 == 0);

    /// <summary>Whether an element is an ordinary number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsOrdinary(ulong bits, bool zeros) =>
        (bits & 0x7FFF_FFFF_FFFF_FFFF) - LeastDouble < RangeDouble || (zeros && bits << 1 == 0);

    /// <summary>Compares two elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatRelation Compare(uint a, uint b, bool quietIsInvalid, uint mxcsr, ref FloatExceptions raised)
    {
        if (SseControl.AllowsHost(mxcsr) && IsOrdinary(a, true) && IsOrdinary(b, true))
        {
            float x = BitConverter.UInt32BitsToSingle(a);
            float y = BitConverter.UInt32BitsToSingle(b);
            return x < y ? FloatRelation.Less : x > y ? FloatRelation.Greater : FloatRelation.Equal;
        }

        return SseSingle.Compare(a, b, quietIsInvalid, mxcsr, ref raised);
    }

    /// <summary>Compares two elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatRelation Compare(ulong a, ulong b, bool quietIsInvalid, uint mxcsr, ref FloatExceptions raised)
    {
        if (SseControl.AllowsHost(mxcsr) && IsOrdinary(a, true) && IsOrdinary(b, true))
        {
            double x = BitConverter.UInt64BitsToDouble(a);
            double y = BitConverter.UInt64BitsToDouble(b);
            return x < y ? FloatRelation.Less : x > y ? FloatRelation.Greater : FloatRelation.Equal;
        }

        return SseDouble.Compare(a, b, quietIsInvalid, mxcsr, ref raised);
    }

    /// <summary>The register with its first element replaced.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Merge(Vector128<byte> a, uint element) => a.AsUInt32().WithElement(0, element).AsByte();

    /// <summary>The register with its first element replaced.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Merge(Vector128<byte> a, ulong element) => a.AsUInt64().WithElement(0, element).AsByte();
}
