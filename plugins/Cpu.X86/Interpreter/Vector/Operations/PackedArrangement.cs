using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>Unpacking, packing, shuffling, blending, widening.</summary>
internal static unsafe class PackedArrangement
{
    /// <summary>A narrowing or pairwise operation on MMX registers, by the one on XMM registers: the source above the destination.</summary>
    public readonly struct Joined<TOperation> : IPackedOperation
        where TOperation : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            TOperation.Do(Vector128.Create(a.GetLower(), b.GetLower()), Vector128<byte>.Zero, immediate);
    }

    /// <summary>PUNPCKH of MMX registers: what PUNPCKL of XMM registers puts into the upper half.</summary>
    public readonly struct UpperOf<TOperation> : IPackedOperation
        where TOperation : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            Vector128.Create(TOperation.Do(a, b, immediate).GetUpper(), Vector64<byte>.Zero);
    }

    /// <summary>Elements of one vector where the mask's are negative, else of another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Select<T>(Vector128<byte> mask, Vector128<byte> negative, Vector128<byte> otherwise)
        where T : unmanaged =>
        Vector128.ConditionalSelect(Vector128.LessThan(mask.As<byte, T>(), Vector128<T>.Zero).AsByte(), negative, otherwise);

    public readonly struct InterleaveLowBytes : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            (Vector128.WidenLower(a) | (Vector128.WidenLower(b) << 8)).AsByte();
    }

    public readonly struct InterleaveHighBytes : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            (Vector128.WidenUpper(a) | (Vector128.WidenUpper(b) << 8)).AsByte();
    }

    public readonly struct InterleaveLowWords : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            (Vector128.WidenLower(a.AsUInt16()) | (Vector128.WidenLower(b.AsUInt16()) << 16)).AsByte();
    }

    public readonly struct InterleaveHighWords : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            (Vector128.WidenUpper(a.AsUInt16()) | (Vector128.WidenUpper(b.AsUInt16()) << 16)).AsByte();
    }

    public readonly struct InterleaveLowDoublewords : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            (Vector128.WidenLower(a.AsUInt32()) | (Vector128.WidenLower(b.AsUInt32()) << 32)).AsByte();
    }

    public readonly struct InterleaveHighDoublewords : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            (Vector128.WidenUpper(a.AsUInt32()) | (Vector128.WidenUpper(b.AsUInt32()) << 32)).AsByte();
    }

    public readonly struct InterleaveLowQuadwords : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) => Vector128.Create(a.GetLower(), b.GetLower());
    }

    public readonly struct InterleaveHighQuadwords : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) => Vector128.Create(a.GetUpper(), b.GetUpper());
    }

    /// <summary>PACKSSWB.</summary>
    public readonly struct PackWordsSigned : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            Vector128.Narrow(Clamp(a.AsInt16()), Clamp(b.AsInt16())).AsByte();

        private static Vector128<short> Clamp(Vector128<short> words) =>
            Vector128.Min(Vector128.Max(words, Vector128.Create((short)sbyte.MinValue)), Vector128.Create((short)sbyte.MaxValue));
    }

    /// <summary>PACKUSWB.</summary>
    public readonly struct PackWordsUnsigned : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            Vector128.Narrow(Clamp(a.AsInt16()).AsUInt16(), Clamp(b.AsInt16()).AsUInt16());

        private static Vector128<short> Clamp(Vector128<short> words) =>
            Vector128.Min(Vector128.Max(words, Vector128<short>.Zero), Vector128.Create((short)byte.MaxValue));
    }

    /// <summary>PACKSSDW.</summary>
    public readonly struct PackDoublewordsSigned : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            Vector128.Narrow(Clamp(a.AsInt32()), Clamp(b.AsInt32())).AsByte();

        private static Vector128<int> Clamp(Vector128<int> doublewords) =>
            Vector128.Min(Vector128.Max(doublewords, Vector128.Create((int)short.MinValue)), Vector128.Create((int)short.MaxValue));
    }

    /// <summary>PACKUSDW.</summary>
    public readonly struct PackDoublewordsUnsigned : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            Vector128.Narrow(Clamp(a.AsInt32()).AsUInt32(), Clamp(b.AsInt32()).AsUInt32()).AsByte();

        private static Vector128<int> Clamp(Vector128<int> doublewords) =>
            Vector128.Min(Vector128.Max(doublewords, Vector128<int>.Zero), Vector128.Create((int)ushort.MaxValue));
    }

    /// <summary>PSHUFB: an index with its sign set gives zero, else its low four bits count.</summary>
    public readonly struct ShuffleBytes : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            Vector128.Shuffle(a, b & Vector128.Create((byte)0x8F));
    }

    /// <summary>PSHUFB of MMX registers: the low three bits count.</summary>
    public readonly struct ShuffleBytesHalf : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            Vector128.Shuffle(a, b & Vector128.Create((byte)0x87));
    }

    /// <summary>PSHUFD.</summary>
    public readonly struct ShuffleDoublewords : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) => Vector128.Shuffle(
            b.AsUInt32(),
            Vector128.Create((uint)immediate & 3, ((uint)immediate >> 2) & 3, ((uint)immediate >> 4) & 3, (uint)immediate >> 6)).AsByte();
    }

    /// <summary>PSHUFLW, and PSHUFW of MMX registers.</summary>
    public readonly struct ShuffleLowWords : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) => Vector128.Shuffle(
            b.AsUInt16(),
            Vector128.Create(
                (ushort)(immediate & 3), (ushort)((immediate >> 2) & 3), (ushort)((immediate >> 4) & 3), (ushort)(immediate >> 6), 4, 5, 6, 7)).AsByte();
    }

    /// <summary>PSHUFHW.</summary>
    public readonly struct ShuffleHighWords : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) => Vector128.Shuffle(
            b.AsUInt16(),
            Vector128.Create(
                0, 1, 2, 3, (ushort)(4 + (immediate & 3)), (ushort)(4 + ((immediate >> 2) & 3)), (ushort)(4 + ((immediate >> 4) & 3)), (ushort)(4 + (immediate >> 6)))).AsByte();
    }

    /// <summary>SHUFPS.</summary>
    public readonly struct ShuffleSingle : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) => Vector128.Create(
            a.AsUInt32().GetElement(immediate & 3),
            a.AsUInt32().GetElement((immediate >> 2) & 3),
            b.AsUInt32().GetElement((immediate >> 4) & 3),
            b.AsUInt32().GetElement((immediate >> 6) & 3)).AsByte();
    }

    /// <summary>SHUFPD.</summary>
    public readonly struct ShuffleDouble : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) => Vector128.Create(
            a.AsUInt64().GetElement(immediate & 1),
            b.AsUInt64().GetElement((immediate >> 1) & 1)).AsByte();
    }

    /// <summary>PBLENDW, BLENDPS, BLENDPD: immediate bit n chooses the source's element n.</summary>
    public readonly struct Blend<T> : IPackedOperation
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate)
        {
            T* elements = (T*)&a;
            for (int i = 0; i < Vector128<T>.Count; i++)
            {
                if (((immediate >> i) & 1) != 0)
                    elements[i] = ((T*)&b)[i];
            }

            return a;
        }
    }

    /// <summary>INSERTPS: bits 7:6 choose the source's element, 5:4 its place, 3:0 the elements that become zero.</summary>
    public readonly struct InsertSingle : IPackedOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate)
        {
            uint* elements = (uint*)&a;
            elements[(immediate >> 4) & 3] = ((uint*)&b)[(immediate >> 6) & 3];
            for (int i = 0; i < Vector128<uint>.Count; i++)
            {
                if (((immediate >> i) & 1) != 0)
                    elements[i] = 0;
            }

            return a;
        }
    }

    /// <summary>MOVDDUP.</summary>
    public readonly struct DuplicateDouble : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) => Vector128.Create(b.GetLower(), b.GetLower());
    }

    /// <summary>MOVSLDUP.</summary>
    public readonly struct DuplicateEven : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            Vector128.Shuffle(b.AsUInt32(), Vector128.Create(0u, 0, 2, 2)).AsByte();
    }

    /// <summary>MOVSHDUP.</summary>
    public readonly struct DuplicateOdd : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            Vector128.Shuffle(b.AsUInt32(), Vector128.Create(1u, 1, 3, 3)).AsByte();
    }

    /// <summary>VPERMILPS: the last source has the indices.</summary>
    public readonly struct PermuteSingle : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            Vector128.Shuffle(a.AsUInt32(), b.AsUInt32() & Vector128.Create(3u)).AsByte();
    }

    /// <summary>VPERMILPD: bit 1 of each element of the last source is the index.</summary>
    public readonly struct PermuteDouble : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            Vector128.Shuffle(a.AsUInt64(), (b.AsUInt64() >> 1) & Vector128.Create(1UL)).AsByte();
    }

    /// <summary>VPERMILPD by the immediate: of the last source alone.</summary>
    public readonly struct ShuffleDoublePair : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) => ShuffleDouble.Do(b, b, immediate);
    }

    /// <summary>The last source's first element everywhere.</summary>
    public readonly struct Broadcast<T> : IPackedOperation
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) => Vector128.Create(b.As<byte, T>().ToScalar()).AsByte();
    }

    /// <summary>The last source as it is.</summary>
    public readonly struct Source : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) => b;
    }

    /// <summary>The first source with one element, which the immediate chooses, replaced by the last source's first.</summary>
    public readonly struct Insert<T> : IPackedOperation
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate)
        {
            ((T*)&a)[immediate & (Vector128<T>.Count - 1)] = *(T*)&b;
            return a;
        }
    }

    /// <summary>VMOVHLPS: the last source's upper half below the first source's.</summary>
    public readonly struct JoinUpper : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) => Vector128.Create(b.GetUpper(), a.GetUpper());
    }
}
