using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>Integer multiplication.</summary>
internal static class PackedMultiplication
{
    /// <summary>PMULLW and PMULLD.</summary>
    public readonly struct Low<T> : IPackedOperation
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            (a.As<byte, T>() * b.As<byte, T>()).AsByte();
    }

    /// <summary>PMULHW.</summary>
    public readonly struct HighSigned : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) => Vector128.Narrow(
            (Vector128.WidenLower(a.AsInt16()) * Vector128.WidenLower(b.AsInt16())) >> 16,
            (Vector128.WidenUpper(a.AsInt16()) * Vector128.WidenUpper(b.AsInt16())) >> 16).AsByte();
    }

    /// <summary>PMULHUW.</summary>
    public readonly struct HighUnsigned : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) => Vector128.Narrow(
            (Vector128.WidenLower(a.AsUInt16()) * Vector128.WidenLower(b.AsUInt16())) >>> 16,
            (Vector128.WidenUpper(a.AsUInt16()) * Vector128.WidenUpper(b.AsUInt16())) >>> 16).AsByte();
    }

    /// <summary>PMULHRSW: the product as a fraction of 15 bits, rounded.</summary>
    public readonly struct HighRounded : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) => Vector128.Narrow(
            Round(Vector128.WidenLower(a.AsInt16()) * Vector128.WidenLower(b.AsInt16())),
            Round(Vector128.WidenUpper(a.AsInt16()) * Vector128.WidenUpper(b.AsInt16()))).AsByte();

        private static Vector128<int> Round(Vector128<int> product) => ((product >> 14) + Vector128<int>.One) >> 1;
    }

    /// <summary>PMULUDQ: of the even doublewords.</summary>
    public readonly struct EvenUnsigned : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) => Vector128.Create(
            (ulong)a.AsUInt32().GetElement(0) * b.AsUInt32().GetElement(0),
            (ulong)a.AsUInt32().GetElement(2) * b.AsUInt32().GetElement(2)).AsByte();
    }

    /// <summary>PMULDQ: of the even doublewords.</summary>
    public readonly struct EvenSigned : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) => Vector128.Create(
            (long)a.AsInt32().GetElement(0) * b.AsInt32().GetElement(0),
            (long)a.AsInt32().GetElement(2) * b.AsInt32().GetElement(2)).AsByte();
    }

    /// <summary>PMADDWD: sums of the products of neighbours.</summary>
    public readonly struct AddPairs : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate)
        {
            // The even words sign-extended in place, and the odd ones.
            Vector128<int> x = a.AsInt32();
            Vector128<int> y = b.AsInt32();
            return ((((x << 16) >> 16) * ((y << 16) >> 16)) + ((x >> 16) * (y >> 16))).AsByte();
        }
    }

    /// <summary>PMADDUBSW: unsigned bytes of the destination times signed bytes of the source, sums of neighbours saturated.</summary>
    public readonly struct AddPairsSaturate : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate)
        {
            Vector128<short> x = a.AsInt16();
            Vector128<short> y = b.AsInt16();
            Vector128<short> even = (x & Vector128.Create((short)0xFF)) * ((y << 8) >> 8);
            Vector128<short> odd = (x >>> 8) * (y >> 8);
            return Vector128.AddSaturate(even, odd).AsByte();
        }
    }
}
