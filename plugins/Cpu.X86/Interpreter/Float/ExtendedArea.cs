using System.Numerics;
using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Interpreter.Float;

/// <summary>The XSAVE area: the legacy region, the header, the components, each at a place of its own in the standard format and one behind the other in the compacted one (SDM volume 1, 13.4).</summary>
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

    /// <summary>The component of PKRU.</summary>
    public const ulong Pkru = 1 << 9;

    /// <summary>In XCOMP_BV: the area is compacted.</summary>
    public const ulong Compacted = 1UL << 63;

    public const int HeaderOffset = LegacyArea.Size;
    public const int HeaderSize = 64;
    public const int AvxOffset = HeaderOffset + HeaderSize;
    public const int AvxSize = 16 * VectorHalf;

    /// <summary>Where processors have PKRU in the standard format: behind AVX-512's components.</summary>
    public const int PkruOffset = 2688;

    public const int PkruSize = 8;

    /// <summary>The bytes of an XMM register, and of a YMM register's upper half.</summary>
    public const int VectorHalf = 16;

    public const uint InitialMxcsr = 0x1F80;

    /// <summary>The components behind the header.</summary>
    private const ulong Extended = Avx | Pkru;

    /// <summary>The bytes of the area in the standard format that some components need.</summary>
    public static int SizeOf(ulong components) =>
        (components & Pkru) != 0 ? PkruOffset + PkruSize : (components & Avx) != 0 ? AvxOffset + AvxSize : AvxOffset;

    /// <summary>The bytes of the compacted area of some components; none asks for alignment.</summary>
    public static int CompactedSizeOf(ulong components)
    {
        int size = AvxOffset;
        for (ulong rest = components & Extended; rest != 0; rest &= rest - 1)
            size += ComponentSize(rest & (~rest + 1));
        return size;
    }

    /// <summary>The bytes of a component behind the header.</summary>
    public static int ComponentSize(ulong component) => component == Avx ? AvxSize : PkruSize;

    /// <summary>Where a component is in the standard format.</summary>
    public static int ComponentOffset(ulong component) => component == Avx ? AvxOffset : PkruOffset;

    /// <summary>Where a component is in an area: behind the lower ones of <paramref name="layout"/> when that says compacted.</summary>
    public static int ComponentOffset(ulong component, ulong layout) =>
        (layout & Compacted) != 0 ? CompactedSizeOf(layout & (component - 1)) : ComponentOffset(component);

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
        if (s->Arch.Pkru != 0)
            used |= Pkru;
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
