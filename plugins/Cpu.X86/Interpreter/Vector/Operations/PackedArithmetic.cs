using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>Integer arithmetic, element by element.</summary>
internal static class PackedArithmetic
{
    public readonly struct Add<T> : IPackedOperation
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            (a.As<byte, T>() + b.As<byte, T>()).AsByte();
    }

    public readonly struct Subtract<T> : IPackedOperation
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            (a.As<byte, T>() - b.As<byte, T>()).AsByte();
    }

    public readonly struct AddSaturate<T> : IPackedOperation
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            Vector128.AddSaturate(a.As<byte, T>(), b.As<byte, T>()).AsByte();
    }

    public readonly struct SubtractSaturate<T> : IPackedOperation
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            Vector128.SubtractSaturate(a.As<byte, T>(), b.As<byte, T>()).AsByte();
    }

    public readonly struct Minimum<T> : IPackedOperation
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            Vector128.Min(a.As<byte, T>(), b.As<byte, T>()).AsByte();
    }

    public readonly struct Maximum<T> : IPackedOperation
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            Vector128.Max(a.As<byte, T>(), b.As<byte, T>()).AsByte();
    }

    /// <summary>The mean, rounded up; the sum is never made, so it cannot overflow.</summary>
    public readonly struct Average<T> : IPackedOperation
        where T : unmanaged, IShiftOperators<T, int, T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate)
        {
            Vector128<T> x = a.As<byte, T>();
            Vector128<T> y = b.As<byte, T>();
            return ((x | y) - ((x ^ y) >>> 1)).AsByte();
        }
    }

    /// <summary>PABSB and its kin: of the source alone; the least number stays itself.</summary>
    public readonly struct Absolute<T> : IPackedOperation
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate)
        {
            Vector128<T> x = b.As<byte, T>();
            return Vector128.ConditionalSelect(Vector128.LessThan(x, Vector128<T>.Zero), Vector128<T>.Zero - x, x).AsByte();
        }
    }

    /// <summary>PSIGNB and its kin: the destination times the source's sign.</summary>
    public readonly struct Sign<T> : IPackedOperation
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate)
        {
            Vector128<T> x = a.As<byte, T>();
            Vector128<T> y = b.As<byte, T>();
            Vector128<T> negated = Vector128.ConditionalSelect(Vector128.LessThan(y, Vector128<T>.Zero), Vector128<T>.Zero - x, x);
            return Vector128.AndNot(negated, Vector128.Equals(y, Vector128<T>.Zero)).AsByte();
        }
    }

    public readonly struct Equal<T> : IPackedOperation
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            Vector128.Equals(a.As<byte, T>(), b.As<byte, T>()).AsByte();
    }

    public readonly struct Greater<T> : IPackedOperation
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            Vector128.GreaterThan(a.As<byte, T>(), b.As<byte, T>()).AsByte();
    }

    /// <summary>PSADBW: the sum of the absolute differences of eight bytes, for each half.</summary>
    public readonly struct SumOfDifferences : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate)
        {
            Vector128<byte> differences = Vector128.Max(a, b) - Vector128.Min(a, b);
            return Vector128.Create(
                (ulong)Vector128.Sum(Vector128.WidenLower(differences)),
                Vector128.Sum(Vector128.WidenUpper(differences))).AsByte();
        }
    }
}
