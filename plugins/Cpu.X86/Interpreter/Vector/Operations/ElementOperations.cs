using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.FloatingPoint.Sse;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>Square roots, least and greatest, comparisons, rounding to integers; and the shapes of operands that they come in.</summary>
internal static unsafe class ElementOperations
{
    public readonly struct PackedSingle<TElement> : IFloatOperation
        where TElement : IElementOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised)
        {
            for (int i = 0; i < Vector128<uint>.Count; i++)
                ((uint*)&a)[i] = TElement.Do(((uint*)&a)[i], ((uint*)&b)[i], immediate, mxcsr, ref raised);
            return a;
        }
    }

    public readonly struct PackedDouble<TElement> : IFloatOperation
        where TElement : IElementOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised)
        {
            for (int i = 0; i < Vector128<ulong>.Count; i++)
                ((ulong*)&a)[i] = TElement.Do(((ulong*)&a)[i], ((ulong*)&b)[i], immediate, mxcsr, ref raised);
            return a;
        }
    }

    public readonly struct ScalarSingle<TElement> : IFloatOperation
        where TElement : IElementOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised) =>
            FloatElements.Merge(a, TElement.Do(a.AsUInt32().ToScalar(), b.AsUInt32().ToScalar(), immediate, mxcsr, ref raised));
    }

    public readonly struct ScalarDouble<TElement> : IFloatOperation
        where TElement : IElementOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate, uint mxcsr, ref FloatExceptions raised) =>
            FloatElements.Merge(a, TElement.Do(a.AsUInt64().ToScalar(), b.AsUInt64().ToScalar(), immediate, mxcsr, ref raised));
    }

    /// <summary>SQRTPS and its kin: of the source alone.</summary>
    public readonly struct SquareRoot : IElementOperation
    {
        public static uint Do(uint a, uint b, int immediate, uint mxcsr, ref FloatExceptions raised) => SseSingle.SquareRoot(b, mxcsr, ref raised);

        public static ulong Do(ulong a, ulong b, int immediate, uint mxcsr, ref FloatExceptions raised) => SseDouble.SquareRoot(b, mxcsr, ref raised);
    }

    /// <summary>MINPS and its kin.</summary>
    public readonly struct Minimum : IElementOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static uint Do(uint a, uint b, int immediate, uint mxcsr, ref FloatExceptions raised)
        {
            if (FloatElements.IsOrdinary(a, true) && FloatElements.IsOrdinary(b, true))
                return BitConverter.UInt32BitsToSingle(a) < BitConverter.UInt32BitsToSingle(b) ? a : b;
            return SseSingle.Minimum(a, b, mxcsr, ref raised);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ulong Do(ulong a, ulong b, int immediate, uint mxcsr, ref FloatExceptions raised)
        {
            if (FloatElements.IsOrdinary(a, true) && FloatElements.IsOrdinary(b, true))
                return BitConverter.UInt64BitsToDouble(a) < BitConverter.UInt64BitsToDouble(b) ? a : b;
            return SseDouble.Minimum(a, b, mxcsr, ref raised);
        }
    }

    /// <summary>MAXPS and its kin.</summary>
    public readonly struct Maximum : IElementOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static uint Do(uint a, uint b, int immediate, uint mxcsr, ref FloatExceptions raised)
        {
            if (FloatElements.IsOrdinary(a, true) && FloatElements.IsOrdinary(b, true))
                return BitConverter.UInt32BitsToSingle(a) > BitConverter.UInt32BitsToSingle(b) ? a : b;
            return SseSingle.Maximum(a, b, mxcsr, ref raised);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ulong Do(ulong a, ulong b, int immediate, uint mxcsr, ref FloatExceptions raised)
        {
            if (FloatElements.IsOrdinary(a, true) && FloatElements.IsOrdinary(b, true))
                return BitConverter.UInt64BitsToDouble(a) > BitConverter.UInt64BitsToDouble(b) ? a : b;
            return SseDouble.Maximum(a, b, mxcsr, ref raised);
        }
    }

    /// <summary>CMPPS and its kin: without VEX, the immediate's low three bits are the predicate.</summary>
    public readonly struct Compare : IElementOperation
    {
        private const int PredicateMask = 7;

        public static uint Do(uint a, uint b, int immediate, uint mxcsr, ref FloatExceptions raised) =>
            CompareBy(a, b, immediate & PredicateMask, mxcsr, ref raised);

        public static ulong Do(ulong a, ulong b, int immediate, uint mxcsr, ref FloatExceptions raised) =>
            CompareBy(a, b, immediate & PredicateMask, mxcsr, ref raised);
    }

    /// <summary>VCMPPS and its kin: with VEX, the immediate's low five bits are the predicate.</summary>
    public readonly struct CompareExtended : IElementOperation
    {
        private const int PredicateMask = 31;

        public static uint Do(uint a, uint b, int immediate, uint mxcsr, ref FloatExceptions raised) =>
            CompareBy(a, b, immediate & PredicateMask, mxcsr, ref raised);

        public static ulong Do(ulong a, ulong b, int immediate, uint mxcsr, ref FloatExceptions raised) =>
            CompareBy(a, b, immediate & PredicateMask, mxcsr, ref raised);
    }

    /// <summary>ROUNDPS and its kin: of the source alone.</summary>
    public readonly struct Round : IElementOperation
    {
        public static uint Do(uint a, uint b, int immediate, uint mxcsr, ref FloatExceptions raised) =>
            SseSingle.RoundToInteger(b, immediate, mxcsr, ref raised);

        public static ulong Do(ulong a, ulong b, int immediate, uint mxcsr, ref FloatExceptions raised) =>
            SseDouble.RoundToInteger(b, immediate, mxcsr, ref raised);
    }

    private static uint CompareBy(uint a, uint b, int predicate, uint mxcsr, ref FloatExceptions raised)
    {
        FloatRelation relation = FloatElements.Compare(a, b, SseComparison.IsSignaling(predicate), mxcsr, ref raised);
        return SseComparison.IsSatisfied(predicate, relation) ? uint.MaxValue : 0;
    }

    private static ulong CompareBy(ulong a, ulong b, int predicate, uint mxcsr, ref FloatExceptions raised)
    {
        FloatRelation relation = FloatElements.Compare(a, b, SseComparison.IsSignaling(predicate), mxcsr, ref raised);
        return SseComparison.IsSatisfied(predicate, relation) ? ulong.MaxValue : 0;
    }
}
