using System.Runtime.InteropServices;

namespace Dominion.Cpu.X86.Decoding;

/// <summary>A recently executed block, by RIP.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct JumpCacheEntry
{
    /// <summary>How many entries there are; a power of two.</summary>
    public const int Count = 4096;

    /// <summary>RIP of the block's first instruction.</summary>
    public ulong Rip;

    /// <summary>When the entry was made.</summary>
    public uint Generation;

    /// <summary>The mode in which the entry was made.</summary>
    public uint Mode;

    /// <summary>The block.</summary>
    public Block* Block;
}
