using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>What AVX and AVX2 move across the halves of a YMM register.</summary>
internal static unsafe class WideArrangement
{
    /// <summary>VPERM2F128 and VPERM2I128: two bits choose one of four halves, the third above them gives zero.</summary>
    public readonly struct PermuteHalves : IWideOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<byte> Do(Vector256<byte> a, Vector256<byte> b, int immediate) =>
            Vector256.Create(Choose(a, b, immediate), Choose(a, b, immediate >> 4));

        private static Vector128<byte> Choose(Vector256<byte> a, Vector256<byte> b, int control)
        {
            if ((control & 8) != 0)
                return Vector128<byte>.Zero;
            Vector256<byte> from = (control & 2) != 0 ? b : a;
            return (control & 1) != 0 ? from.GetUpper() : from.GetLower();
        }
    }

    /// <summary>VINSERTF128 and VINSERTI128.</summary>
    public readonly struct InsertHalf : IWideOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<byte> Do(Vector256<byte> a, Vector256<byte> b, int immediate) =>
            (immediate & 1) != 0 ? a.WithUpper(b.GetLower()) : a.WithLower(b.GetLower());
    }

    /// <summary>VPERMQ and VPERMPD: of the last source.</summary>
    public readonly struct PermuteQuadwords : IWideOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<byte> Do(Vector256<byte> a, Vector256<byte> b, int immediate)
        {
            ulong* elements = (ulong*)&b;
            return Vector256.Create(
                elements[immediate & 3], elements[(immediate >> 2) & 3], elements[(immediate >> 4) & 3], elements[(immediate >> 6) & 3]).AsByte();
        }
    }

    /// <summary>VPERMD and VPERMPS: the first source has the indices, of which the low three bits count.</summary>
    public readonly struct PermuteDoublewords : IWideOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<byte> Do(Vector256<byte> a, Vector256<byte> b, int immediate) =>
            Vector256.Shuffle(b.AsUInt32(), a.AsUInt32() & Vector256.Create(7u)).AsByte();
    }
}
