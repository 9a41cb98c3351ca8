using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>What PCMPESTRI, PCMPESTRM, PCMPISTRI and PCMPISTRM have in common (SDM volume 2, 4.1 "Imm8 Control Byte Operation").</summary>
internal static unsafe class StringComparison
{
    /// <summary>The result of a comparison.</summary>
    /// <param name="Mask">IntRes2: a bit for each element of the second operand.</param>
    /// <param name="Count">Elements in a register: 8 or 16.</param>
    /// <param name="Status">The six status flags.</param>
    public readonly record struct Result(uint Mask, int Count, ulong Status);

    /// <summary>Whether the immediate asks for words, not bytes.</summary>
    public static bool IsWords(int immediate) => (immediate & 1) != 0;

    /// <summary>The length of a string that ends before its first zero.</summary>
    public static int ImplicitLength(Vector128<byte> text, int immediate)
    {
        uint zeros = IsWords(immediate)
            ? Vector128.Equals(text.AsUInt16(), Vector128<ushort>.Zero).ExtractMostSignificantBits() | (1u << 8)
            : Vector128.Equals(text, Vector128<byte>.Zero).ExtractMostSignificantBits() | (1u << 16);
        return BitOperations.TrailingZeroCount(zeros);
    }

    /// <summary>The length that a register gives: its magnitude, at most the register's elements.</summary>
    public static int ExplicitLength(long length, int immediate)
    {
        int count = IsWords(immediate) ? 8 : 16;
        return length > count || length < -count ? count : (int)Math.Abs(length);
    }

    /// <summary>Compares.</summary>
    /// <param name="a">The first operand: the set, the ranges, the string or the substring to look for.</param>
    /// <param name="b">The second operand.</param>
    /// <param name="lengthA">How many elements of the first are valid.</param>
    /// <param name="lengthB">How many elements of the second are valid.</param>
    /// <param name="immediate">The immediate byte.</param>
    public static Result Compare(Vector128<byte> a, Vector128<byte> b, int lengthA, int lengthB, int immediate)
    {
        int count = IsWords(immediate) ? 8 : 16;
        int* x = stackalloc int[count];
        int* y = stackalloc int[count];
        for (int i = 0; i < count; i++)
        {
            x[i] = Element(a, i, immediate);
            y[i] = Element(b, i, immediate);
        }

        uint mask = ((immediate >> 2) & 3) switch
        {
            0 => AnyOf(x, y, lengthA, lengthB),
            1 => InRanges(x, y, lengthA, lengthB),
            2 => EachEqual(x, y, lengthA, lengthB, count),
            _ => Substring(x, y, lengthA, lengthB, count),
        };

        uint all = (1u << count) - 1;
        if ((immediate & 0x10) != 0)
            mask ^= (immediate & 0x20) != 0 ? (1u << lengthB) - 1 : all;
        ulong status = (mask != 0 ? Flags.Carry : 0)
            | (lengthB < count ? Flags.Zero : 0)
            | (lengthA < count ? Flags.Sign : 0)
            | ((mask & 1) != 0 ? Flags.Overflow : 0);
        return new Result(mask, count, status);
    }

    /// <summary>The place of the first or last element found; as many as there are when there is none.</summary>
    public static uint Index(Result result, int immediate)
    {
        if (result.Mask == 0)
            return (uint)result.Count;
        return (uint)((immediate & 0x40) != 0 ? BitOperations.Log2(result.Mask) : BitOperations.TrailingZeroCount(result.Mask));
    }

    /// <summary>The mask as bits, or each bit as an element of ones.</summary>
    public static Vector128<byte> Mask(Result result, int immediate)
    {
        if ((immediate & 0x40) == 0)
            return Vector128.CreateScalar(result.Mask).AsByte();
        Unsafe.SkipInit(out Vector128<byte> expanded);
        for (int i = 0; i < result.Count; i++)
        {
            bool set = ((result.Mask >> i) & 1) != 0;
            if (IsWords(immediate))
                ((ushort*)&expanded)[i] = set ? ushort.MaxValue : (ushort)0;
            else
                ((byte*)&expanded)[i] = set ? byte.MaxValue : (byte)0;
        }

        return expanded;
    }

    private static int Element(Vector128<byte> text, int index, int immediate) => (immediate & 3) switch
    {
        0 => ((byte*)&text)[index],
        1 => ((ushort*)&text)[index],
        2 => ((sbyte*)&text)[index],
        _ => ((short*)&text)[index],
    };

    private static uint AnyOf(int* a, int* b, int lengthA, int lengthB)
    {
        uint mask = 0;
        for (int j = 0; j < lengthB; j++)
        {
            for (int i = 0; i < lengthA; i++)
            {
                if (a[i] == b[j])
                    mask |= 1u << j;
            }
        }

        return mask;
    }

    /// <summary>Pairs of bounds; an odd last bound counts for nothing.</summary>
    private static uint InRanges(int* a, int* b, int lengthA, int lengthB)
    {
        uint mask = 0;
        for (int j = 0; j < lengthB; j++)
        {
            for (int i = 0; i + 1 < lengthA; i += 2)
            {
                if (b[j] >= a[i] && b[j] <= a[i + 1])
                    mask |= 1u << j;
            }
        }

        return mask;
    }

    /// <summary>Elements behind both ends are equal, behind one end not.</summary>
    private static uint EachEqual(int* a, int* b, int lengthA, int lengthB, int count)
    {
        uint mask = 0;
        for (int i = 0; i < count; i++)
        {
            bool validA = i < lengthA;
            bool validB = i < lengthB;
            if (validA == validB && (!validA || a[i] == b[i]))
                mask |= 1u << i;
        }

        return mask;
    }

    /// <summary>Where the first operand starts in the second; what would lie behind the register matches.</summary>
    private static uint Substring(int* a, int* b, int lengthA, int lengthB, int count)
    {
        uint mask = 0;
        for (int j = 0; j < count; j++)
        {
            bool found = true;
            for (int i = 0; i < lengthA && j + i < count; i++)
                found &= j + i < lengthB && a[i] == b[j + i];
            if (found)
                mask |= 1u << j;
        }

        return mask;
    }
}
