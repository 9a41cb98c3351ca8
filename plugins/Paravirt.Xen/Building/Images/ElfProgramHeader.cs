namespace Dominion.Paravirt.Xen.Building.Images;

/// <summary>A program header (System V ABI, "Program Header"), widened to 64 bits; nothing in it is checked.</summary>
/// <param name="Type">p_type.</param>
/// <param name="Flags">p_flags.</param>
/// <param name="Offset">p_offset.</param>
/// <param name="PhysicalAddress">p_paddr.</param>
/// <param name="FileSize">p_filesz.</param>
/// <param name="MemorySize">p_memsz.</param>
internal readonly record struct ElfProgramHeader(uint Type, uint Flags, ulong Offset, ulong PhysicalAddress, ulong FileSize, ulong MemorySize)
{
    /// <summary>PT_LOAD.</summary>
    public const uint Load = 1;

    /// <summary>PT_NOTE.</summary>
    public const uint Note = 4;

    /// <summary>PF_X, PF_W and PF_R.</summary>
    public const uint AnyAccess = 7;
}
