using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.FloatingPoint.Sse;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>Operations whose result goes to a general-purpose register. One of 32 bits clears the rest.</summary>
internal static class GeneralResults
{
    /// <summary>MOVMSKPS, MOVMSKPD, PMOVMSKB: the signs of all elements.</summary>
    public readonly struct Signs<T> : IGeneralResult
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ulong Do(Vector128<byte> b, uint mxcsr, ref FloatExceptions raised) => b.As<byte, T>().ExtractMostSignificantBits();
    }

    /// <summary>CVTSS2SI to 32 bits.</summary>
    public readonly struct SingleToInt32 : IGeneralResult
    {
        public static ulong Do(Vector128<byte> b, uint mxcsr, ref FloatExceptions raised) =>
            (uint)SseSingle.ToInt32(b.AsUInt32().ToScalar(), false, mxcsr, ref raised);
    }

    /// <summary>CVTSS2SI to 64 bits.</summary>
    public readonly struct SingleToInt64 : IGeneralResult
    {
        public static ulong Do(Vector128<byte> b, uint mxcsr, ref FloatExceptions raised) =>
            (ulong)SseSingle.ToInt64(b.AsUInt32().ToScalar(), false, mxcsr, ref raised);
    }

    /// <summary>CVTTSS2SI to 32 bits.</summary>
    public readonly struct SingleToInt32Truncated : IGeneralResult
    {
        public static ulong Do(Vector128<byte> b, uint mxcsr, ref FloatExceptions raised) =>
            (uint)SseSingle.ToInt32(b.AsUInt32().ToScalar(), true, mxcsr, ref raised);
    }

    /// <summary>CVTTSS2SI to 64 bits.</summary>
    public readonly struct SingleToInt64Truncated : IGeneralResult
    {
        public static ulong Do(Vector128<byte> b, uint mxcsr, ref FloatExceptions raised) =>
            (ulong)SseSingle.ToInt64(b.AsUInt32().ToScalar(), true, mxcsr, ref raised);
    }

    /// <summary>CVTSD2SI to 32 bits.</summary>
    public readonly struct DoubleToInt32 : IGeneralResult
    {
        public static ulong Do(Vector128<byte> b, uint mxcsr, ref FloatExceptions raised) =>
            (uint)SseDouble.ToInt32(b.AsUInt64().ToScalar(), false, mxcsr, ref raised);
    }

    /// <summary>CVTSD2SI to 64 bits.</summary>
    public readonly struct DoubleToInt64 : IGeneralResult
    {
        public static ulong Do(Vector128<byte> b, uint mxcsr, ref FloatExceptions raised) =>
            (ulong)SseDouble.ToInt64(b.AsUInt64().ToScalar(), false, mxcsr, ref raised);
    }

    /// <summary>CVTTSD2SI to 32 bits.</summary>
    public readonly struct DoubleToInt32Truncated : IGeneralResult
    {
        public static ulong Do(Vector128<byte> b, uint mxcsr, ref FloatExceptions raised) =>
            (uint)SseDouble.ToInt32(b.AsUInt64().ToScalar(), true, mxcsr, ref raised);
    }

    /// <summary>CVTTSD2SI to 64 bits.</summary>
    public readonly struct DoubleToInt64Truncated : IGeneralResult
    {
        public static ulong Do(Vector128<byte> b, uint mxcsr, ref FloatExceptions raised) =>
            (ulong)SseDouble.ToInt64(b.AsUInt64().ToScalar(), true, mxcsr, ref raised);
    }
}
