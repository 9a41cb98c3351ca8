using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>An arithmetic operation on the four shapes of operands. Where neither an exception nor the rounding mode can show, the host computes the whole vector.</summary>
internal static unsafe class FloatArithmetic
{
    public readonly struct PackedSingle<TArithmetic> : IFloatOperation
        where TArithmetic : IFloatArithmetic
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised)
        {
            if (FloatElements.IsRoundedUnseen(mxcsr)
                && FloatElements.AreOrdinary(a.AsSingle(), TArithmetic.TakesZeros)
                && FloatElements.AreOrdinary(b.AsSingle(), TArithmetic.TakesZeros))
            {
                Vector128<float> result = TArithmetic.Host(a.AsSingle(), b.AsSingle());
                if (FloatElements.AreOrdinary(result, TArithmetic.TakesZeros))
                    return result.AsByte();
            }

            for (int i = 0; i < Vector128<uint>.Count; i++)
                ((uint*)&a)[i] = TArithmetic.Do(((uint*)&a)[i], ((uint*)&b)[i], mxcsr, ref raised);
            return a;
        }
    }

    public readonly struct PackedDouble<TArithmetic> : IFloatOperation
        where TArithmetic : IFloatArithmetic
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised)
        {
            if (FloatElements.IsRoundedUnseen(mxcsr)
                && FloatElements.AreOrdinary(a.AsDouble(), TArithmetic.TakesZeros)
                && FloatElements.AreOrdinary(b.AsDouble(), TArithmetic.TakesZeros))
            {
                Vector128<double> result = TArithmetic.Host(a.AsDouble(), b.AsDouble());
                if (FloatElements.AreOrdinary(result, TArithmetic.TakesZeros))
                    return result.AsByte();
            }

            for (int i = 0; i < Vector128<ulong>.Count; i++)
                ((ulong*)&a)[i] = TArithmetic.Do(((ulong*)&a)[i], ((ulong*)&b)[i], mxcsr, ref raised);
            return a;
        }
    }

    public readonly struct ScalarSingle<TArithmetic> : IFloatOperation
        where TArithmetic : IFloatArithmetic
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised)
        {
            uint x = a.AsUInt32().ToScalar();
            uint y = b.AsUInt32().ToScalar();
            if (FloatElements.IsRoundedUnseen(mxcsr)
                && FloatElements.IsOrdinary(x, TArithmetic.TakesZeros)
                && FloatElements.IsOrdinary(y, TArithmetic.TakesZeros))
            {
                uint result = TArithmetic.Host(a.AsSingle(), Vector128.CreateScalar(y).AsSingle()).AsUInt32().ToScalar();
                if (FloatElements.IsOrdinary(result, TArithmetic.TakesZeros))
                    return FloatElements.Merge(a, result);
            }

            return FloatElements.Merge(a, TArithmetic.Do(x, y, mxcsr, ref raised));
        }
    }

    public readonly struct ScalarDouble<TArithmetic> : IFloatOperation
        where TArithmetic : IFloatArithmetic
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised)
        {
            ulong x = a.AsUInt64().ToScalar();
            ulong y = b.AsUInt64().ToScalar();
            if (FloatElements.IsRoundedUnseen(mxcsr)
                && FloatElements.IsOrdinary(x, TArithmetic.TakesZeros)
                && FloatElements.IsOrdinary(y, TArithmetic.TakesZeros))
            {
                ulong result = TArithmetic.Host(a.AsDouble(), Vector128.CreateScalar(y).AsDouble()).AsUInt64().ToScalar();
                if (FloatElements.IsOrdinary(result, TArithmetic.TakesZeros))
                    return FloatElements.Merge(a, result);
            }

            return FloatElements.Merge(a, TArithmetic.Do(x, y, mxcsr, ref raised));
        }
    }
}
