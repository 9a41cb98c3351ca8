namespace Dominion.Paravirt.Xen.Building.Images;

/// <summary>A section header (System V ABI, "Sections"), widened to 64 bits; nothing in it is checked.</summary>
/// <param name="Name">sh_name: an offset in the section of names.</param>
/// <param name="Type">sh_type.</param>
/// <param name="Offset">sh_offset.</param>
/// <param name="Size">sh_size.</param>
/// <param name="Link">sh_link.</param>
/// <param name="Header">The header itself.</param>
internal readonly record struct ElfSectionHeader(uint Name, uint Type, ulong Offset, ulong Size, uint Link, ReadOnlyMemory<byte> Header)
{
    /// <summary>SHT_SYMTAB.</summary>
    public const uint SymbolTable = 2;

    /// <summary>SHT_STRTAB.</summary>
    public const uint StringTable = 3;

    /// <summary>SHT_NOTE.</summary>
    public const uint Note = 7;
}
