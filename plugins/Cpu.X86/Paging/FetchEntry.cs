using System.Runtime.InteropServices;

namespace Dominion.Cpu.X86.Paging;

/// <summary>A cached translation of a linear page for instruction fetches.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct FetchEntry
{
    /// <summary>The page, with <see cref="Tlb.FetchUser"/> in bit 0 for user mode; <see cref="TlbEntry.NoTag"/> when empty.</summary>
    public ulong Tag;

    /// <summary>The host address of the page, or null when it is not RAM.</summary>
    public byte* Host;

    /// <summary>The physical address of the page.</summary>
    public ulong Physical;

    /// <summary>Whether the translation is global.</summary>
    public bool IsGlobal;
}
