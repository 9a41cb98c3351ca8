namespace Dominion.Cpu.X86.Tests.Paging;

/// <summary>The paging modes (SDM volume 3A, 4.1.1).</summary>
public enum PagingMode
{
    /// <summary>32-bit paging.</summary>
    Bits32,

    /// <summary>PAE paging.</summary>
    Pae,

    /// <summary>4-level paging.</summary>
    FourLevel,
}
