using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>Operations between neighbouring elements: PHADDW and its kin, PHMINPOSUW, MPSADBW.</summary>
internal static unsafe class PackedPairs
{
    public readonly struct AddWords : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) => (EvenWords(a, b) + OddWords(a, b)).AsByte();
    }

    public readonly struct SubtractWords : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) => (EvenWords(a, b) - OddWords(a, b)).AsByte();
    }

    public readonly struct AddWordsSaturate : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            Vector128.AddSaturate(EvenWords(a, b), OddWords(a, b)).AsByte();
    }

    public readonly struct SubtractWordsSaturate : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            Vector128.SubtractSaturate(EvenWords(a, b), OddWords(a, b)).AsByte();
    }

    public readonly struct AddDoublewords : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) => (EvenDoublewords(a, b) + OddDoublewords(a, b)).AsByte();
    }

    public readonly struct SubtractDoublewords : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) => (EvenDoublewords(a, b) - OddDoublewords(a, b)).AsByte();
    }

    /// <summary>PHMINPOSUW: the least word of the source, then the first place that it is in.</summary>
    public readonly struct LeastWord : IPackedOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate)
        {
            ushort* words = (ushort*)&b;
            int least = 0;
            for (int i = 1; i < Vector128<ushort>.Count; i++)
            {
                if (words[i] < words[least])
                    least = i;
            }

            return Vector128.CreateScalar(words[least] | ((uint)least << 16)).AsByte();
        }
    }

    /// <summary>MPSADBW: eight sums of absolute differences between four bytes of the source and a sliding window of the destination.</summary>
    public readonly struct SlidingDifferences : IPackedOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate)
        {
            byte* window = (byte*)&a + (immediate & 4);
            byte* block = (byte*)&b + ((immediate & 3) * 4);
            Unsafe.SkipInit(out Vector128<byte> result);
            for (int i = 0; i < Vector128<ushort>.Count; i++)
            {
                int sum = 0;
                for (int j = 0; j < 4; j++)
                    sum += Math.Abs(window[i + j] - block[j]);
                ((ushort*)&result)[i] = (ushort)sum;
            }

            return result;
        }
    }

    private static Vector128<short> EvenWords(Vector128<byte> a, Vector128<byte> b) => Vector128.Narrow(a.AsInt32(), b.AsInt32());

    private static Vector128<short> OddWords(Vector128<byte> a, Vector128<byte> b) => Vector128.Narrow(a.AsInt32() >> 16, b.AsInt32() >> 16);

    private static Vector128<int> EvenDoublewords(Vector128<byte> a, Vector128<byte> b) => Vector128.Narrow(a.AsInt64(), b.AsInt64());

    private static Vector128<int> OddDoublewords(Vector128<byte> a, Vector128<byte> b) => Vector128.Narrow(a.AsInt64() >> 32, b.AsInt64() >> 32);
}
