using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Float;

/// <summary>The XSAVE area in the standard format: the legacy region, the header, the upper halves of the YMM registers (SDM volume 1, 13.4).</summary>
internal static unsafe class ExtendedArea
{
    /// <summary>The component of the x87 state, a bit of XCR0.</summary>
    public const ulong Float = 1 << 0;

    /// <summary>The component of the XMM registers and MXCSR.</summary>
    public const ulong Sse = 1 << 1;

    /// <summary>The component of the upper halves of the YMM registers.</summary>
    public const ulong Avx = 1 << 2;

    /// <summary>Both components of the vector registers; AVX needs both.</summary>
    public const ulong Vectors = Sse | Avx;

    public const int HeaderOffset = LegacyArea.Size;
    public const int HeaderSize = 64;
    public const int AvxOffset = HeaderOffset + HeaderSize;
    public const int Size = AvxOffset + (16 * VectorHalf);

    /// <summary>The bytes of an XMM register, and of a YMM register's upper half.</summary>
    public const int VectorHalf = 16;

    public const uint InitialMxcsr = 0x1F80;

    /// <summary>The bytes of the area that some components need.</summary>
    public static int SizeOf(ulong components) => (components & Avx) != 0 ? Size : AvxOffset;

    /// <summary>Puts XMM registers into the legacy region.</summary>
    public static void WriteVectors(CoreState* s, byte* area, int count) =>
        WriteHalves(s, 0, area + LegacyArea.VectorsOffset, count);

    /// <summary>Takes XMM registers from the legacy region.</summary>
    public static void ReadVectors(CoreState* s, byte* area, int count) =>
        ReadHalves(s, 0, area + LegacyArea.VectorsOffset, count);

    /// <summary>Puts lower (0) or upper (1) halves of vector registers into memory.</summary>
    public static void WriteHalves(CoreState* s, int half, byte* to, int count)
    {
        for (int i = 0; i < count; i++)
            Unsafe.CopyBlockUnaligned(to + (i * VectorHalf), Half(s, i, half), VectorHalf);
    }

    /// <summary>Takes lower (0) or upper (1) halves of vector registers from memory.</summary>
    public static void ReadHalves(CoreState* s, int half, byte* from, int count)
    {
        for (int i = 0; i < count; i++)
            Unsafe.CopyBlockUnaligned(Half(s, i, half), from + (i * VectorHalf), VectorHalf);
    }

    /// <summary>Clears lower (0) or upper (1) halves of vector registers.</summary>
    public static void ClearHalves(CoreState* s, int half, int count)
    {
        for (int i = 0; i < count; i++)
            Unsafe.InitBlockUnaligned(Half(s, i, half), 0, VectorHalf);
    }

    /// <summary>The components that differ from their initial state: XINUSE (SDM volume 1, 13.6).</summary>
    public static ulong InUse(CoreState* s)
    {
        ulong used = LegacyArea.IsFloatInUse(s) ? Float : 0;
        if (s->Arch.Mxcsr != InitialMxcsr || AnyHalf(s, 0))
            used |= Sse;
        if (AnyHalf(s, 1))
            used |= Avx;
        return used;
    }

    private static bool AnyHalf(CoreState* s, int half)
    {
        ulong any = 0;
        for (int i = 0; i < 16; i++)
        {
            ulong* value = (ulong*)Half(s, i, half);
            any |= value[0] | value[1];
        }

        return any != 0;
    }

    private static byte* Half(CoreState* s, int register, int half) =>
        (byte*)&s->Arch.Vectors + (register * 2 * VectorHalf) + (half * VectorHalf);
}
