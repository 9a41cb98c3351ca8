namespace Dominion.FullVirt.Boot.Elf;

/// <summary>A program header (System V ABI, "Program Header"), widened to 64 bits.</summary>
/// <param name="Type">p_type.</param>
/// <param name="VirtualAddress">p_vaddr.</param>
/// <param name="PhysicalAddress">p_paddr.</param>
/// <param name="Data">What is in the file: p_offset and p_filesz.</param>
/// <param name="MemorySize">p_memsz.</param>
internal readonly record struct ElfSegment(uint Type, ulong VirtualAddress, ulong PhysicalAddress, ReadOnlyMemory<byte> Data, ulong MemorySize)
{
    /// <summary>PT_LOAD.</summary>
    public const uint Load = 1;

    /// <summary>PT_NOTE.</summary>
    public const uint Note = 4;
}
