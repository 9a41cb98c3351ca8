namespace Dominion.Cpu.X86.Paging;

/// <summary>The bits of a paging-structure entry (SDM volume 3A, 4.3 to 4.5).</summary>
internal static class PageEntry
{
    public const ulong Present = 1 << 0;
    public const ulong Writable = 1 << 1;
    public const ulong User = 1 << 2;
    public const ulong Accessed = 1 << 5;
    public const ulong Dirty = 1 << 6;
    public const ulong Large = 1 << 7;
    public const ulong Global = 1 << 8;
    public const int KeyShift = 59;
    public const ulong NoExecute = 1UL << 63;
}
