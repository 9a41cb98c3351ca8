using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>PMOVSX and PMOVZX: the low elements of the source, extended as <typeparamref name="TFrom"/>'s signedness says.</summary>
internal readonly unsafe struct Widening<TFrom, TTo> : IPackedOperation
    where TFrom : unmanaged, IBinaryInteger<TFrom>
    where TTo : unmanaged, IBinaryInteger<TTo>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate)
    {
        if (typeof(TFrom) == typeof(byte) || typeof(TFrom) == typeof(ushort) || typeof(TFrom) == typeof(uint))
            return Unsigned(b);
        if (typeof(TFrom) == typeof(sbyte))
            return FromWords(Vector128.WidenLower(b.AsSByte()));
        return typeof(TFrom) == typeof(short) ? FromWords(b.AsInt16()) : Vector128.WidenLower(b.AsInt32()).AsByte();
    }

    /// <summary>Signed words, which are the result or on their way to it.</summary>
    private static Vector128<byte> FromWords(Vector128<short> words)
    {
        if (sizeof(TTo) == sizeof(short))
            return words.AsByte();
        Vector128<int> doublewords = Vector128.WidenLower(words);
        return sizeof(TTo) == sizeof(int) ? doublewords.AsByte() : Vector128.WidenLower(doublewords).AsByte();
    }

    private static Vector128<byte> Unsigned(Vector128<byte> b)
    {
        if (sizeof(TFrom) == sizeof(byte))
            b = Vector128.WidenLower(b).AsByte();
        if (sizeof(TFrom) <= sizeof(ushort) && sizeof(TTo) >= sizeof(uint))
            b = Vector128.WidenLower(b.AsUInt16()).AsByte();
        return sizeof(TTo) == sizeof(ulong) ? Vector128.WidenLower(b.AsUInt32()).AsByte() : b;
    }
}
