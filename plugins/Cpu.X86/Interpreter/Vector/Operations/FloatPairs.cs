using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.FloatingPoint.Sse;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>Arithmetic across the elements of floating-point vectors: SSE3's and the dot products.</summary>
internal static unsafe class FloatPairs
{
    /// <summary>ADDSUBPS: even elements are subtracted, odd ones added.</summary>
    public readonly struct AddSubtractSingle : IFloatOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised)
        {
            for (int i = 0; i < Vector128<uint>.Count; i++)
            {
                uint x = ((uint*)&a)[i];
                uint y = ((uint*)&b)[i];
                ((uint*)&a)[i] = (i & 1) == 0 ? SseSingle.Subtract(x, y, mxcsr, ref raised) : SseSingle.Add(x, y, mxcsr, ref raised);
            }

            return a;
        }
    }

    /// <summary>ADDSUBPD.</summary>
    public readonly struct AddSubtractDouble : IFloatOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised) => Vector128.Create(
            SseDouble.Subtract(a.AsUInt64().GetElement(0), b.AsUInt64().GetElement(0), mxcsr, ref raised),
            SseDouble.Add(a.AsUInt64().GetElement(1), b.AsUInt64().GetElement(1), mxcsr, ref raised)).AsByte();
    }

    /// <summary>HADDPS and HSUBPS.</summary>
    public readonly struct HorizontalSingle<TArithmetic> : IFloatOperation
        where TArithmetic : IFloatArithmetic
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised)
        {
            uint* x = (uint*)&a;
            uint* y = (uint*)&b;
            return Vector128.Create(
                TArithmetic.Do(x[0], x[1], mxcsr, ref raised),
                TArithmetic.Do(x[2], x[3], mxcsr, ref raised),
                TArithmetic.Do(y[0], y[1], mxcsr, ref raised),
                TArithmetic.Do(y[2], y[3], mxcsr, ref raised)).AsByte();
        }
    }

    /// <summary>HADDPD and HSUBPD.</summary>
    public readonly struct HorizontalDouble<TArithmetic> : IFloatOperation
        where TArithmetic : IFloatArithmetic
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised) => Vector128.Create(
            TArithmetic.Do(a.AsUInt64().GetElement(0), a.AsUInt64().GetElement(1), mxcsr, ref raised),
            TArithmetic.Do(b.AsUInt64().GetElement(0), b.AsUInt64().GetElement(1), mxcsr, ref raised)).AsByte();
    }

    /// <summary>DPPS: bits 7:4 choose the products, 3:0 the elements that take the sum. Products, then two sums of neighbours, then their sum, each rounded (SDM volume 2 DPPS).</summary>
    public readonly struct DotProductSingle : IFloatOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised)
        {
            Vector128<uint> products = Products(a, b, immediate, mxcsr, ref raised);
            if (SseControl.EndStep(mxcsr, ref raised))
                return a;
            Vector128<uint> sums = AddNeighbours(products, mxcsr, ref raised);
            return SseControl.EndStep(mxcsr, ref raised) ? a : Distribute(sums, immediate, mxcsr, ref raised);
        }

        /// <summary>The first step: the products that the immediate chooses.</summary>
        public static Vector128<uint> Products(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised)
        {
            Vector128<uint> products = Vector128<uint>.Zero;
            for (int i = 0; i < Vector128<uint>.Count; i++)
            {
                if (((immediate >> (4 + i)) & 1) != 0)
                    ((uint*)&products)[i] = SseSingle.Multiply(((uint*)&a)[i], ((uint*)&b)[i], mxcsr, ref raised);
            }

            return products;
        }

        /// <summary>The second step: two sums, in the first two elements.</summary>
        public static Vector128<uint> AddNeighbours(Vector128<uint> products, uint mxcsr, ref FloatExceptions raised) => Vector128.Create(
            SseSingle.Add(products.GetElement(0), products.GetElement(1), mxcsr, ref raised),
            SseSingle.Add(products.GetElement(2), products.GetElement(3), mxcsr, ref raised), 0, 0);

        /// <summary>The third step: their sum in the elements that the immediate chooses, zero in the others.</summary>
        public static Vector128<byte> Distribute(Vector128<uint> sums, int immediate, uint mxcsr, ref FloatExceptions raised)
        {
            uint sum = SseSingle.Add(sums.GetElement(0), sums.GetElement(1), mxcsr, ref raised);
            Vector128<uint> result = Vector128<uint>.Zero;
            for (int i = 0; i < Vector128<uint>.Count; i++)
            {
                if (((immediate >> i) & 1) != 0)
                    ((uint*)&result)[i] = sum;
            }

            return result.AsByte();
        }
    }

    /// <summary>DPPD.</summary>
    public readonly struct DotProductDouble : IFloatOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised)
        {
            ulong* products = stackalloc ulong[Vector128<ulong>.Count];
            for (int i = 0; i < Vector128<ulong>.Count; i++)
                products[i] = ((immediate >> (4 + i)) & 1) != 0 ? SseDouble.Multiply(((ulong*)&a)[i], ((ulong*)&b)[i], mxcsr, ref raised) : 0;
            if (SseControl.EndStep(mxcsr, ref raised))
                return a;
            ulong sum = SseDouble.Add(products[0], products[1], mxcsr, ref raised);
            for (int i = 0; i < Vector128<ulong>.Count; i++)
                ((ulong*)&a)[i] = ((immediate >> i) & 1) != 0 ? sum : 0;
            return a;
        }
    }
}
