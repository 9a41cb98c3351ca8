using System.Buffers.Binary;

namespace Dominion.Paravirt.Xen.Building.Images;

/// <summary>The symbol table that BSD kernels expect behind them: its length in 4 bytes, then an ELF header with the sections null, symbols and strings (xen/include/public/elfnote.h, XEN_ELFNOTE_BSD_SYMTAB).</summary>
internal static class BsdSymbols
{
    private const int LengthField = 4;
    private const int SectionCount = 3;
    private const uint Strings = 2;

    /// <summary>What the table and its parts are aligned to, in bytes.</summary>
    /// <param name="elf">The image.</param>
    public static ulong Alignment(ElfFile elf) => elf.Is64Bit ? 8ul : 4ul;

    /// <summary>Makes the table.</summary>
    /// <param name="elf">The image.</param>
    /// <returns>The bytes, or null when the image has no symbols.</returns>
    public static byte[]? Build(ElfFile elf)
    {
        if (elf.SectionHeaders.FirstOrDefault(s => s.Type == ElfSectionHeader.SymbolTable) is not { Type: ElfSectionHeader.SymbolTable } symbols
            || symbols.Link >= (uint)elf.SectionHeaders.Count
            || elf.SectionHeaders[(int)symbols.Link] is not { Type: ElfSectionHeader.StringTable } strings
            || !elf.Image.Holds(symbols.Offset, symbols.Size)
            || !elf.Image.Holds(strings.Offset, strings.Size))
            return null;

        int headerSize = elf.Is64Bit ? 64 : 52;
        int sectionSize = elf.Is64Bit ? 64 : 40;
        ulong symbolsAt = Aligned(elf, (ulong)(LengthField + headerSize + (SectionCount * sectionSize)));
        ulong stringsAt = Aligned(elf, symbolsAt + symbols.Size);
        ulong length = Aligned(elf, stringsAt + strings.Size);
        if (length > (ulong)Array.MaxLength)
            return null;

        byte[] table = new byte[length];
        BinaryPrimitives.WriteUInt32LittleEndian(table, (uint)(stringsAt + strings.Size - LengthField));
        Span<byte> header = table.AsSpan(LengthField);
        WriteHeader(elf, header[..headerSize], headerSize, sectionSize);
        WriteSection(elf, symbols, header[(headerSize + sectionSize)..], symbolsAt - LengthField, Strings);
        WriteSection(elf, strings, header[(headerSize + (2 * sectionSize))..], stringsAt - LengthField, strings.Link);
        elf.Available(symbols.Offset, symbols.Size).Span.CopyTo(table.AsSpan((int)symbolsAt));
        elf.Available(strings.Offset, strings.Size).Span.CopyTo(table.AsSpan((int)stringsAt));
        return table;
    }

    /// <summary>Writes the image's ELF header with the sections in place of its program headers.</summary>
    private static void WriteHeader(ElfFile elf, Span<byte> header, int headerSize, int sectionSize)
    {
        elf.Image.Span[..headerSize].CopyTo(header);
        WriteWord(elf, header, elf.Is64Bit ? 32 : 28, 0);
        WriteWord(elf, header, elf.Is64Bit ? 40 : 32, (uint)headerSize);
        Span<byte> counts = header[(elf.Is64Bit ? 52 : 40)..];
        ReadOnlySpan<ushort> values = [(ushort)headerSize, 0, 0, (ushort)sectionSize, SectionCount, 0];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(counts[(2 * i)..], values[i]);
    }

    private static void WriteSection(ElfFile elf, ElfSectionHeader section, Span<byte> target, ulong offset, uint link)
    {
        section.Header.Span[..(elf.Is64Bit ? 64 : 40)].CopyTo(target);
        WriteWord(elf, target, elf.Is64Bit ? 24 : 16, offset);
        BinaryPrimitives.WriteUInt32LittleEndian(target[(elf.Is64Bit ? 40 : 24)..], link);
    }

    private static ulong Aligned(ElfFile elf, ulong value) => (value + Alignment(elf) - 1) & ~(Alignment(elf) - 1);

    private static void WriteWord(ElfFile elf, Span<byte> bytes, int offset, ulong value)
    {
        if (elf.Is64Bit)
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[offset..], value);
        else
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[offset..], (uint)value);
    }
}
