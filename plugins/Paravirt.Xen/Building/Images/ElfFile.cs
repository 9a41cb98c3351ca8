namespace Dominion.Paravirt.Xen.Building.Images;

/// <summary>The headers of an ELF executable for i386 (ELF32) or x86-64 (ELF64) (System V ABI, "Object Files").</summary>
internal sealed class ElfFile
{
    private const ushort MachineI386 = 3;
    private const ushort MachineX86 = 62;

    /// <summary>Names of EM_ values, for diagnostics.</summary>
    private static readonly Dictionary<ushort, string> Machines = new()
    {
        [MachineI386] = "i386", [MachineX86] = "x86-64", [2] = "SPARC", [8] = "MIPS", [20] = "PowerPC", [21] = "64-bit PowerPC", [22] = "S/390", [40] = "ARM",
        [43] = "SPARC V9", [50] = "IA-64", [183] = "AArch64", [243] = "RISC-V", [258] = "LoongArch",
    };

    private ElfFile(ReadOnlyMemory<byte> image, bool is64Bit)
    {
        Image = image;
        Is64Bit = is64Bit;
        Entry = Word(image, 24, 24);
    }

    /// <summary>The whole file.</summary>
    public ReadOnlyMemory<byte> Image { get; }

    /// <summary>ELF64 for x86-64, as against ELF32 for i386.</summary>
    public bool Is64Bit { get; }

    /// <summary>e_entry.</summary>
    public ulong Entry { get; }

    /// <summary>Every program header.</summary>
    public IReadOnlyList<ElfProgramHeader> ProgramHeaders { get; private init; } = [];

    /// <summary>Every section header; none when their table is not in the file, for a loader does without.</summary>
    public IReadOnlyList<ElfSectionHeader> SectionHeaders { get; private init; } = [];

    /// <summary>Parses and checks the ELF header.</summary>
    /// <param name="name">The kernel's name, for diagnostics.</param>
    /// <param name="image">The file.</param>
    /// <exception cref="Diagnostics.DiagnosticException">It is no ELF file, truncated, damaged, or for another architecture.</exception>
    public static ElfFile Parse(string name, ReadOnlyMemory<byte> image)
    {
        if (!image.Span.StartsWith("\u007fELF"u8))
            throw ImageDiagnostics.UnknownFormat(name);
        if (image.Length < 52)
            throw ImageDiagnostics.Truncated(name, "the ELF header is incomplete");
        bool is64 = image.Span[4] switch
        {
            1 => false,
            2 => true,
            byte other => throw ImageDiagnostics.Malformed(name, $"the ELF class is {other}"),
        };
        if (is64 && image.Length < 64)
            throw ImageDiagnostics.Truncated(name, "the ELF header is incomplete");
        if (image.Span[5] != 1)
            throw ImageDiagnostics.OtherArchitecture(name, Machines.GetValueOrDefault((ushort)((image.Span[18] << 8) | image.Span[19]), "a big-endian machine"));
        ushort machine = image.U16(18);
        if (machine != (is64 ? MachineX86 : MachineI386))
            throw ImageDiagnostics.OtherArchitecture(name, $"{Machines.GetValueOrDefault(machine, $"ELF machine {machine}")} in {(is64 ? 64 : 32)}-bit ELF");
        ushort type = image.U16(16);
        if (type is not (2 or 3))
            throw ImageDiagnostics.Malformed(name, $"the ELF type is {type}, not an executable");

        ElfFile headers = new(image, is64);
        return new ElfFile(image, is64) { ProgramHeaders = headers.ReadProgramHeaders(name), SectionHeaders = headers.ReadSectionHeaders() };
    }

    /// <summary>Gets bytes of the file, fewer than asked for when the file ends before.</summary>
    /// <param name="offset">Where in the file.</param>
    /// <param name="size">How many.</param>
    /// <returns>The bytes that are there.</returns>
    public ReadOnlyMemory<byte> Available(ulong offset, ulong size)
    {
        ulong start = Math.Min(offset, (ulong)Image.Length);
        return Image.Slice((int)start, (int)Math.Min(size, (ulong)Image.Length - start));
    }

    /// <summary>Finds a section by its name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The first such section, or null.</returns>
    public ElfSectionHeader? FindSection(ReadOnlySpan<byte> name)
    {
        int index = Image.U16(Is64Bit ? 62 : 50);
        if (index >= SectionHeaders.Count)
            return null;
        ElfSectionHeader names = SectionHeaders[index];
        ReadOnlySpan<byte> table = Available(names.Offset, names.Size).Span;
        foreach (ElfSectionHeader section in SectionHeaders)
        {
            if (section.Name < (uint)table.Length && table[(int)section.Name..] is var rest && rest.StartsWith(name) && rest.Length > name.Length && rest[name.Length] == 0)
                return section;
        }

        return null;
    }

    private List<ElfProgramHeader> ReadProgramHeaders(string name)
    {
        ulong table = Word(Image, 28, 32);
        int size = Image.U16(Is64Bit ? 54 : 42);
        int count = Image.U16(Is64Bit ? 56 : 44);
        if (count != 0 && size < (Is64Bit ? 56 : 32))
            throw ImageDiagnostics.Malformed(name, $"program headers of {size} bytes");
        if (!Image.Holds(table, (ulong)size * (ulong)count))
            throw ImageDiagnostics.Truncated(name, "the ELF program headers are missing");
        List<ElfProgramHeader> headers = new(count);
        for (int i = 0; i < count; i++)
        {
            ReadOnlyMemory<byte> header = Image.Slice((int)table + (i * size), size);
            headers.Add(new ElfProgramHeader(header.U32(0), header.U32(Is64Bit ? 4 : 24), Word(header, 4, 8), Word(header, 12, 24), Word(header, 16, 32), Word(header, 20, 40)));
        }

        return headers;
    }

    private List<ElfSectionHeader> ReadSectionHeaders()
    {
        ulong table = Word(Image, 32, 40);
        int size = Image.U16(Is64Bit ? 58 : 46);
        int count = Image.U16(Is64Bit ? 60 : 48);
        if (table == 0 || size < (Is64Bit ? 64 : 40) || !Image.Holds(table, (ulong)size * (ulong)count))
            return [];
        List<ElfSectionHeader> headers = new(count);
        for (int i = 0; i < count; i++)
        {
            ReadOnlyMemory<byte> header = Image.Slice((int)table + (i * size), size);
            headers.Add(new ElfSectionHeader(header.U32(0), header.U32(4), Word(header, 16, 24), Word(header, 20, 32), header.U32(Is64Bit ? 40 : 24), header));
        }

        return headers;
    }

    /// <summary>Reads a field that is as wide as the ELF class.</summary>
    private ulong Word(ReadOnlyMemory<byte> bytes, int offset32, int offset64) => Is64Bit ? bytes.U64(offset64) : bytes.U32(offset32);
}
