namespace Dominion.Paravirt.Xen.Memory;

/// <summary>Bits of a page-table entry with 64 bits (SDM volume 3A, 4.5).</summary>
internal static class PageBits
{
    public const ulong Present = 1;
    public const ulong Writable = 2;
    public const ulong User = 4;
    public const ulong WriteThrough = 8;
    public const ulong CacheDisable = 0x10;
    public const ulong Accessed = 0x20;
    public const ulong Dirty = 0x40;
    public const ulong Large = 0x80;
    public const ulong Global = 0x100;

    /// <summary>Bits 9 to 11, for software.</summary>
    public const ulong Available = 0xE00;

    /// <summary>Bits 52 to 62, for software while protection keys are off.</summary>
    public const ulong AvailableHigh = 0x7FF0_0000_0000_0000;

    public const ulong NoExecute = 1UL << 63;

    /// <summary>The bits of the frame's address.</summary>
    public const ulong Address = 0x000F_FFFF_FFFF_F000;

    /// <summary>The frame that an entry names.</summary>
    /// <param name="entry">The entry.</param>
    /// <returns>The MFN.</returns>
    public static ulong Frame(ulong entry) => (entry & Address) >> 12;

    /// <summary>Whether an entry is used by the processor.</summary>
    /// <param name="entry">The entry.</param>
    /// <returns>True when it is present.</returns>
    public static bool IsPresent(ulong entry) => (entry & Present) != 0;
}
