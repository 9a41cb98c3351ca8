namespace Dominion.Cpu.X86;

/// <summary>The segment registers, by their number in an instruction's encoding, then the two system segments.</summary>
public enum X86SegmentRegister : byte
{
    /// <summary>ES.</summary>
    Es,

    /// <summary>CS.</summary>
    Cs,

    /// <summary>SS.</summary>
    Ss,

    /// <summary>DS.</summary>
    Ds,

    /// <summary>FS.</summary>
    Fs,

    /// <summary>GS.</summary>
    Gs,

    /// <summary>The local descriptor table register.</summary>
    Ldtr,

    /// <summary>The task register.</summary>
    Tr,
}
