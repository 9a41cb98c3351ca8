using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.FloatingPoint.Sse;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>Fused operations on the four shapes of operands. Where neither an exception nor the rounding mode can show, the host computes the whole vector; a zero may be a product that was too small, so it is not taken from the host.</summary>
internal static unsafe class FusedShapes
{
    public readonly struct PackedSingle<TSigns> : IFusedShape
        where TSigns : IFusedSigns
    {
        public static Vector128<byte> Do(
            Vector128<byte> a, Vector128<byte> b, Vector128<byte> c, Vector128<byte> destination, uint mxcsr, ref FloatExceptions raised)
        {
            if (FloatElements.IsRoundedUnseen(mxcsr)
                && FloatElements.AreOrdinary(a.AsSingle(), true)
                && FloatElements.AreOrdinary(b.AsSingle(), true)
                && FloatElements.AreOrdinary(c.AsSingle(), true))
            {
                Vector128<float> result = Host(a.AsSingle(), b.AsSingle(), c.AsSingle());
                if (FloatElements.AreOrdinary(result, false))
                    return result.AsByte();
            }

            for (int i = 0; i < Vector128<uint>.Count; i++)
            {
                bool subtracts = (i & 1) == 0 ? TSigns.SubtractsEven : TSigns.SubtractsOdd;
                ((uint*)&a)[i] = (uint)SseFused.MultiplyAdd(
                    FloatFormat.Single, ((uint*)&a)[i], ((uint*)&b)[i], ((uint*)&c)[i], TSigns.NegatesProduct, subtracts, mxcsr, ref raised);
            }

            return a;
        }

        private static Vector128<float> Host(Vector128<float> a, Vector128<float> b, Vector128<float> c)
        {
            uint even = TSigns.SubtractsEven ? 1u << 31 : 0;
            uint odd = TSigns.SubtractsOdd ? 1u << 31 : 0;
            Vector128<float> addend = (c.AsUInt32() ^ Vector128.Create(even, odd, even, odd)).AsSingle();
            return Vector128.FusedMultiplyAdd(TSigns.NegatesProduct ? -a : a, b, addend);
        }
    }

    public readonly struct PackedDouble<TSigns> : IFusedShape
        where TSigns : IFusedSigns
    {
        public static Vector128<byte> Do(
            Vector128<byte> a, Vector128<byte> b, Vector128<byte> c, Vector128<byte> destination, uint mxcsr, ref FloatExceptions raised)
        {
            if (FloatElements.IsRoundedUnseen(mxcsr)
                && FloatElements.AreOrdinary(a.AsDouble(), true)
                && FloatElements.AreOrdinary(b.AsDouble(), true)
                && FloatElements.AreOrdinary(c.AsDouble(), true))
            {
                Vector128<double> result = Host(a.AsDouble(), b.AsDouble(), c.AsDouble());
                if (FloatElements.AreOrdinary(result, false))
                    return result.AsByte();
            }

            for (int i = 0; i < Vector128<ulong>.Count; i++)
            {
                bool subtracts = i == 0 ? TSigns.SubtractsEven : TSigns.SubtractsOdd;
                ((ulong*)&a)[i] = SseFused.MultiplyAdd(
                    FloatFormat.Double, ((ulong*)&a)[i], ((ulong*)&b)[i], ((ulong*)&c)[i], TSigns.NegatesProduct, subtracts, mxcsr, ref raised);
            }

            return a;
        }

        private static Vector128<double> Host(Vector128<double> a, Vector128<double> b, Vector128<double> c)
        {
            ulong even = TSigns.SubtractsEven ? 1UL << 63 : 0;
            ulong odd = TSigns.SubtractsOdd ? 1UL << 63 : 0;
            Vector128<double> addend = (c.AsUInt64() ^ Vector128.Create(even, odd)).AsDouble();
            return Vector128.FusedMultiplyAdd(TSigns.NegatesProduct ? -a : a, b, addend);
        }
    }

    public readonly struct ScalarSingle<TSigns> : IFusedShape
        where TSigns : IFusedSigns
    {
        public static Vector128<byte> Do(
            Vector128<byte> a, Vector128<byte> b, Vector128<byte> c, Vector128<byte> destination, uint mxcsr, ref FloatExceptions raised)
        {
            uint x = a.AsUInt32().ToScalar();
            uint y = b.AsUInt32().ToScalar();
            uint z = c.AsUInt32().ToScalar();
            if (FloatElements.IsRoundedUnseen(mxcsr)
                && FloatElements.IsOrdinary(x, true) && FloatElements.IsOrdinary(y, true) && FloatElements.IsOrdinary(z, true))
            {
                float factor = BitConverter.UInt32BitsToSingle(x);
                float addend = BitConverter.UInt32BitsToSingle(z);
                uint result = BitConverter.SingleToUInt32Bits(MathF.FusedMultiplyAdd(
                    TSigns.NegatesProduct ? -factor : factor, BitConverter.UInt32BitsToSingle(y), TSigns.SubtractsEven ? -addend : addend));
                if (FloatElements.IsOrdinary(result, false))
                    return FloatElements.Merge(destination, result);
            }

            return FloatElements.Merge(destination, (uint)SseFused.MultiplyAdd(
                FloatFormat.Single, x, y, z, TSigns.NegatesProduct, TSigns.SubtractsEven, mxcsr, ref raised));
        }
    }

    public readonly struct ScalarDouble<TSigns> : IFusedShape
        where TSigns : IFusedSigns
    {
        public static Vector128<byte> Do(
            Vector128<byte> a, Vector128<byte> b, Vector128<byte> c, Vector128<byte> destination, uint mxcsr, ref FloatExceptions raised)
        {
            ulong x = a.AsUInt64().ToScalar();
            ulong y = b.AsUInt64().ToScalar();
            ulong z = c.AsUInt64().ToScalar();
            if (FloatElements.IsRoundedUnseen(mxcsr)
                && FloatElements.IsOrdinary(x, true) && FloatElements.IsOrdinary(y, true) && FloatElements.IsOrdinary(z, true))
            {
                double factor = BitConverter.UInt64BitsToDouble(x);
                double addend = BitConverter.UInt64BitsToDouble(z);
                ulong result = BitConverter.DoubleToUInt64Bits(Math.FusedMultiplyAdd(
                    TSigns.NegatesProduct ? -factor : factor, BitConverter.UInt64BitsToDouble(y), TSigns.SubtractsEven ? -addend : addend));
                if (FloatElements.IsOrdinary(result, false))
                    return FloatElements.Merge(destination, result);
            }

            return FloatElements.Merge(destination, SseFused.MultiplyAdd(
                FloatFormat.Double, x, y, z, TSigns.NegatesProduct, TSigns.SubtractsEven, mxcsr, ref raised));
        }
    }
}
