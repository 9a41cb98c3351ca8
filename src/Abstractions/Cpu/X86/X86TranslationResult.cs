namespace Dominion.Cpu.X86;

/// <summary>What a page walk found.</summary>
public enum X86TranslationResult : byte
{
    /// <summary>The physical address is valid.</summary>
    Ok,

    /// <summary>A page fault; the error code is in <see cref="X86State.Cr2"/>'s companion argument of the walk.</summary>
    PageFault,

    /// <summary>A non-canonical address.</summary>
    NonCanonical,

    /// <summary>The second level refused; its handler has recorded why.</summary>
    SecondLevel,
}
