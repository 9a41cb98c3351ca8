namespace Dominion.Guests.Rules;

/// <summary>Selectors of the kernel that checks rules, and the formats of descriptors (SDM volume 3A, 3.4.5, 5.8.3, 6.11, 7.2.2).</summary>
internal static class RuleLayout
{
    public const ushort Code0 = 0x08;
    public const ushort Data0 = 0x10;
    public const ushort Code3 = 0x1B;
    public const ushort Data3 = 0x23;
    public const ushort MainTask = 0x28;
    public const ushort Conforming = 0x30;
    public const ushort SecondTask = 0x38;
    public const ushort Task16 = 0x40;
    public const ushort Ldt = 0x48;
    public const ushort Code16 = 0x50;
    public const ushort Data16 = 0x58;

    /// <summary>The first selectors that a case may define.</summary>
    public const ushort A = 0x60;

    public const ushort B = 0x68;
    public const ushort C = 0x70;

    /// <summary>64-bit code of CPL 0; a data segment of DPL 3 and 64-bit code of CPL 3 follow, in the order that SYSRET wants.</summary>
    public const ushort Code64 = 0x78;

    public const ushort Data64User = 0x83;

    public const ushort Code64User = 0x8B;

    /// <summary>The 64-bit TSS, 16 bytes.</summary>
    public const ushort Task64 = 0x90;

    /// <summary>The last descriptor of the table; the one behind it is beyond the limit.</summary>
    public const ushort Beyond = 0x400;

    /// <summary>How long the GDT is.</summary>
    public const int GdtLength = 0x400;

    /// <summary>A code, data or system segment's descriptor.</summary>
    /// <param name="access">Bits 40 to 47: P, DPL, S, type.</param>
    /// <param name="flags">Bits 52 to 55: G, D or B, L, AVL.</param>
    /// <param name="start">The base.</param>
    /// <param name="limit">The limit field.</param>
    public static ulong Segment(int access, int flags = 12, uint start = 0, uint limit = 0xFFFFF) =>
        (limit & 0xFFFF) | ((ulong)(start & 0xFF_FFFF) << 16) | ((ulong)(uint)access << 40)
        | ((ulong)(limit >> 16) << 48) | ((ulong)(uint)flags << 52) | ((ulong)(start >> 24) << 56);

    /// <summary>A gate.</summary>
    public static ulong Gate(ushort selector, uint offset, int access, int count = 0) =>
        (offset & 0xFFFF) | ((ulong)selector << 16) | ((ulong)(uint)count << 32) | ((ulong)(uint)access << 40) | ((ulong)(offset >> 16) << 48);
}
