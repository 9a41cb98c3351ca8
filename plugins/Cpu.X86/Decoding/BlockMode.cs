namespace Dominion.Cpu.X86.Decoding;

/// <summary>The bits of <see cref="Block.Mode"/>: all of a core's mode that decoding, or the right to fetch, depends on.</summary>
internal static class BlockMode
{
    /// <summary>16-bit code.</summary>
    public const uint Code16 = 0;

    /// <summary>32-bit code.</summary>
    public const uint Code32 = 1;

    /// <summary>64-bit code.</summary>
    public const uint Code64 = 2;

    /// <summary>The mask of the code size.</summary>
    public const uint CodeMask = 3;

    /// <summary>The stack pointer is ESP rather than SP, outside 64-bit mode.</summary>
    public const uint Stack32 = 4;

    /// <summary>CPL 3.</summary>
    public const uint User = 8;

    /// <summary>One instruction a block: single-stepping, breakpoints, an interrupt shadow.</summary>
    public const uint Single = 16;

    /// <summary>Guest mode of an extension.</summary>
    public const uint Guest = 32;

    /// <summary>Protected mode, not virtual-8086.</summary>
    public const uint Protected = 64;
}
