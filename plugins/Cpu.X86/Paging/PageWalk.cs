namespace Dominion.Cpu.X86.Paging;

/// <summary>What a walk of the paging structures found.</summary>
internal struct PageWalk
{
    /// <summary>The physical address.</summary>
    public ulong Physical;

    /// <summary>Whether the page may be cached as writable for the same kind of access: allowed, and its dirty flag set.</summary>
    public bool CanWrite;

    /// <summary>Whether the translation is global.</summary>
    public bool IsGlobal;

    /// <summary>The size of the page as a power of two: 12, 21, 22 or 30.</summary>
    public int PageBits;

    /// <summary>One bit for the protection key that the access was checked against, or 0.</summary>
    public uint KeyMask;

    /// <summary>The error code when the walk ended in a page fault.</summary>
    public uint ErrorCode;
}
