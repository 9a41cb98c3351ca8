using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.FloatingPoint.Sse;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>Conversions into vector registers.</summary>
internal static unsafe class FloatConversions
{
    /// <summary>CVTSS2SD.</summary>
    public readonly struct SingleToDouble : IFloatOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised) =>
            FloatElements.Merge(a, SseSingle.ToDouble(b.AsUInt32().ToScalar(), mxcsr, ref raised));
    }

    /// <summary>CVTSD2SS.</summary>
    public readonly struct DoubleToSingle : IFloatOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised) =>
            FloatElements.Merge(a, SseDouble.ToSingle(b.AsUInt64().ToScalar(), mxcsr, ref raised));
    }

    /// <summary>CVTPS2PD.</summary>
    public readonly struct PackedSingleToDouble : IFloatOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised) => Vector128.Create(
            SseSingle.ToDouble(b.AsUInt32().GetElement(0), mxcsr, ref raised),
            SseSingle.ToDouble(b.AsUInt32().GetElement(1), mxcsr, ref raised)).AsByte();
    }

    /// <summary>CVTPD2PS.</summary>
    public readonly struct PackedDoubleToSingle : IFloatOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised) => Vector128.Create(
            SseDouble.ToSingle(b.AsUInt64().GetElement(0), mxcsr, ref raised),
            SseDouble.ToSingle(b.AsUInt64().GetElement(1), mxcsr, ref raised), 0, 0).AsByte();
    }

    /// <summary>CVTSI2SS from 32 bits.</summary>
    public readonly struct Int32ToSingle : IFloatOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised) =>
            FloatElements.Merge(a, SseSingle.FromInteger(b.AsInt32().ToScalar(), mxcsr, ref raised));
    }

    /// <summary>CVTSI2SS from 64 bits.</summary>
    public readonly struct Int64ToSingle : IFloatOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised) =>
            FloatElements.Merge(a, SseSingle.FromInteger(b.AsInt64().ToScalar(), mxcsr, ref raised));
    }

    /// <summary>CVTSI2SD from 32 bits.</summary>
    public readonly struct Int32ToDouble : IFloatOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised) =>
            FloatElements.Merge(a, SseDouble.FromInteger(b.AsInt32().ToScalar(), mxcsr, ref raised));
    }

    /// <summary>CVTSI2SD from 64 bits.</summary>
    public readonly struct Int64ToDouble : IFloatOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised) =>
            FloatElements.Merge(a, SseDouble.FromInteger(b.AsInt64().ToScalar(), mxcsr, ref raised));
    }

    /// <summary>CVTDQ2PS.</summary>
    public readonly struct PackedInt32ToSingle : IFloatOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised)
        {
            for (int i = 0; i < Vector128<int>.Count; i++)
                ((uint*)&a)[i] = SseSingle.FromInteger(((int*)&b)[i], mxcsr, ref raised);
            return a;
        }
    }

    /// <summary>CVTPI2PS: the upper half stays.</summary>
    public readonly struct PairInt32ToSingle : IFloatOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised)
        {
            for (int i = 0; i < 2; i++)
                ((uint*)&a)[i] = SseSingle.FromInteger(((int*)&b)[i], mxcsr, ref raised);
            return a;
        }
    }

    /// <summary>CVTDQ2PD and CVTPI2PD: always exact.</summary>
    public readonly struct PairInt32ToDouble : IFloatOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised) =>
            SseControl.AllowsHost(mxcsr)
                ? Vector128.Create((double)b.AsInt32().GetElement(0), b.AsInt32().GetElement(1)).AsByte()
                : Vector128.Create(
                    SseDouble.FromInteger(b.AsInt32().GetElement(0), mxcsr, ref raised),
                    SseDouble.FromInteger(b.AsInt32().GetElement(1), mxcsr, ref raised)).AsByte();
    }

    /// <summary>CVTPS2DQ.</summary>
    public readonly struct PackedSingleToInt32 : IFloatOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised) =>
            ToInt32(b, 4, false, mxcsr, ref raised);
    }

    /// <summary>CVTTPS2DQ.</summary>
    public readonly struct PackedSingleToInt32Truncated : IFloatOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised) =>
            ToInt32(b, 4, true, mxcsr, ref raised);
    }

    /// <summary>CVTPS2PI.</summary>
    public readonly struct PairSingleToInt32 : IFloatOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised) =>
            ToInt32(b, 2, false, mxcsr, ref raised);
    }

    /// <summary>CVTTPS2PI.</summary>
    public readonly struct PairSingleToInt32Truncated : IFloatOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised) =>
            ToInt32(b, 2, true, mxcsr, ref raised);
    }

    /// <summary>CVTPD2DQ and CVTPD2PI.</summary>
    public readonly struct PackedDoubleToInt32 : IFloatOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised) => Vector128.Create(
            SseDouble.ToInt32(b.AsUInt64().GetElement(0), false, mxcsr, ref raised),
            SseDouble.ToInt32(b.AsUInt64().GetElement(1), false, mxcsr, ref raised), 0, 0).AsByte();
    }

    /// <summary>CVTTPD2DQ and CVTTPD2PI.</summary>
    public readonly struct PackedDoubleToInt32Truncated : IFloatOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised) => Vector128.Create(
            SseDouble.ToInt32(b.AsUInt64().GetElement(0), true, mxcsr, ref raised),
            SseDouble.ToInt32(b.AsUInt64().GetElement(1), true, mxcsr, ref raised), 0, 0).AsByte();
    }

    /// <summary>VCVTPH2PS: always exact; MXCSR.DAZ does not count, and a denormal operand is no exception (SDM volume 2 VCVTPH2PS).</summary>
    public readonly struct HalfToSingle : IFloatOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised)
        {
            Unsafe.SkipInit(out Vector128<byte> result);
            for (int i = 0; i < Vector128<uint>.Count; i++)
                ((uint*)&result)[i] = SseHalf.ToSingle(((ushort*)&b)[i], mxcsr, ref raised);
            return result;
        }
    }

    /// <summary>VCVTPS2PH: the result is the lower half.</summary>
    public readonly struct SingleToHalf : IFloatOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised)
        {
            Vector128<byte> result = Vector128<byte>.Zero;
            for (int i = 0; i < Vector128<uint>.Count; i++)
                ((ushort*)&result)[i] = SseHalf.FromSingle(((uint*)&b)[i], immediate, mxcsr, ref raised);
            return result;
        }
    }

    private static Vector128<byte> ToInt32(Vector128<byte> b, int count, bool truncate, uint mxcsr, ref FloatExceptions raised)
    {
        Vector128<byte> result = Vector128<byte>.Zero;
        for (int i = 0; i < count; i++)
            ((int*)&result)[i] = SseSingle.ToInt32(((uint*)&b)[i], truncate, mxcsr, ref raised);
        return result;
    }
}
