namespace Dominion.Cpu.X86;

/// <summary>A segment's access rights in the layout of a VMCS, folded to 16 bits: bits 0–7 and 12–15 are a descriptor's bits 40–47 and 52–55, and bit 8 stands for the VMCS's bit 16.</summary>
[Flags]
public enum X86SegmentAttributes : ushort
{
    /// <summary>No bit.</summary>
    None = 0,

    /// <summary>The descriptor's type field.</summary>
    TypeMask = 15,

    /// <summary>Code or data: accessed.</summary>
    Accessed = 1,

    /// <summary>Data: writable. Code: readable.</summary>
    WritableOrReadable = 2,

    /// <summary>Data: expands down. Code: conforming.</summary>
    ExpandDownOrConforming = 4,

    /// <summary>Code.</summary>
    Code = 8,

    /// <summary>Code or data rather than a system segment.</summary>
    NonSystem = 1 << 4,

    /// <summary>The two bits of the descriptor privilege level.</summary>
    DplMask = 3 << 5,

    /// <summary>The segment is present.</summary>
    Present = 1 << 7,

    /// <summary>The register was loaded with a null selector.</summary>
    Unusable = 1 << 8,

    /// <summary>For software.</summary>
    Available = 1 << 12,

    /// <summary>64-bit code.</summary>
    Long = 1 << 13,

    /// <summary>32-bit operands and addresses, or a 32-bit stack.</summary>
    Default32 = 1 << 14,

    /// <summary>The descriptor's limit counts 4 KiB pages.</summary>
    Granularity = 1 << 15,
}
