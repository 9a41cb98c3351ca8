using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>Shifts. A count that passes the width gives zeros, or signs.</summary>
internal static unsafe class PackedShifts
{
    /// <summary>By the source's low quadword.</summary>
    public readonly struct ByRegister<TShift> : IPackedOperation
        where TShift : IShiftOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) => TShift.Shift(a, b.AsUInt64().ToScalar());
    }

    /// <summary>By the immediate byte.</summary>
    public readonly struct ByImmediate<TShift> : IPackedOperation
        where TShift : IShiftOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) => TShift.Shift(a, (uint)immediate);
    }

    public readonly struct Left<T> : IShiftOperation
        where T : unmanaged, IShiftOperators<T, int, T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Shift(Vector128<byte> a, ulong count) =>
            count < (ulong)(8 * sizeof(T)) ? (a.As<byte, T>() << (int)count).AsByte() : Vector128<byte>.Zero;
    }

    public readonly struct Right<T> : IShiftOperation
        where T : unmanaged, IShiftOperators<T, int, T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Shift(Vector128<byte> a, ulong count) =>
            count < (ulong)(8 * sizeof(T)) ? (a.As<byte, T>() >>> (int)count).AsByte() : Vector128<byte>.Zero;
    }

    public readonly struct RightSigned<T> : IShiftOperation
        where T : unmanaged, IShiftOperators<T, int, T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Shift(Vector128<byte> a, ulong count) =>
            (a.As<byte, T>() >> (int)Math.Min(count, (ulong)((8 * sizeof(T)) - 1))).AsByte();
    }

    /// <summary>PSLLDQ: by bytes.</summary>
    public readonly struct LeftBytes : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            Vector128.Shuffle(a, Vector128<byte>.Indices - Vector128.Create((byte)Math.Min(immediate, 16)));
    }

    /// <summary>PSRLDQ: by bytes.</summary>
    public readonly struct RightBytes : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            Vector128.Shuffle(a, Vector128<byte>.Indices + Vector128.Create((byte)Math.Min(immediate, 16)));
    }

    /// <summary>PALIGNR: the destination above the source, shifted right by bytes.</summary>
    public readonly struct Align : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate)
        {
            Vector128<byte> count = Vector128.Create((byte)Math.Min(immediate, 32));
            Vector128<byte> indices = Vector128<byte>.Indices + count;
            return Vector128.Shuffle(b, indices) | Vector128.Shuffle(a, indices - Vector128.Create((byte)16));
        }
    }

    /// <summary>PALIGNR of MMX registers.</summary>
    public readonly struct AlignHalf : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            RightBytes.Do(Vector128.Create(b.GetLower(), a.GetLower()), b, immediate);
    }
}
