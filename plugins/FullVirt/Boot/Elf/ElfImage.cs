namespace Dominion.FullVirt.Boot.Elf;

/// <summary>An ELF executable for i386 or x86-64, with what a loader needs of it (System V ABI, "Object Files").</summary>
internal sealed class ElfImage
{
    private const ushort MachineI386 = 3;
    private const ushort MachineX86 = 62;

    /// <summary>Names of EM_ values, for diagnostics.</summary>
    private static readonly Dictionary<ushort, string> Machines = new()
    {
        [2] = "SPARC", [8] = "MIPS", [20] = "PowerPC", [21] = "64-bit PowerPC", [22] = "S/390", [40] = "ARM", [42] = "SuperH", [43] = "SPARC V9",
        [50] = "IA-64", [183] = "AArch64", [243] = "RISC-V", [258] = "LoongArch",
    };

    private readonly string _path;

    private ElfImage(string path, ulong entry, IReadOnlyList<ElfSegment> segments)
    {
        _path = path;
        Entry = entry;
        Segments = segments;
    }

    /// <summary>e_entry: a virtual address.</summary>
    public ulong Entry { get; }

    /// <summary>Every program header that has bytes in the file or in memory.</summary>
    public IReadOnlyList<ElfSegment> Segments { get; }

    /// <summary>The segments to load.</summary>
    public IEnumerable<ElfSegment> LoadSegments => Segments.Where(s => s.Type == ElfSegment.Load && s.MemorySize != 0);

    /// <summary>Whether the bytes begin as ELF does.</summary>
    public static bool IsElf(ReadOnlyMemory<byte> image) => image.Span.StartsWith("\u007fELF"u8);

    /// <summary>Parses and checks.</summary>
    /// <param name="file">The image.</param>
    /// <returns>The image; every segment's data lies inside the file.</returns>
    /// <exception cref="Diagnostics.DiagnosticException">It is truncated, damaged, or for another architecture.</exception>
    public static ElfImage Parse(BootFile file)
    {
        ReadOnlyMemory<byte> image = file.Content;
        if (image.Length < 20)
            throw BootDiagnostics.Truncated(file.Name, "the ELF header is incomplete");
        bool is64 = image.Span[4] switch
        {
            1 => false,
            2 => true,
            byte other => throw BootDiagnostics.Malformed(file.Name, $"the ELF class is {other}"),
        };
        if (image.Span[5] != 1)
        {
            int bigEndianMachine = (image.Span[18] << 8) | image.Span[19];
            throw BootDiagnostics.OtherArchitecture(file.Name, Machines.GetValueOrDefault((ushort)bigEndianMachine, "a big-endian machine"));
        }

        ushort machine = image.U16(18);
        if (machine is not (MachineI386 or MachineX86))
            throw BootDiagnostics.OtherArchitecture(file.Name, Machines.GetValueOrDefault(machine, $"ELF machine {machine}"));
        if (image.Length < (is64 ? 64 : 52))
            throw BootDiagnostics.Truncated(file.Name, "the ELF header is incomplete");
        ushort type = image.U16(16);
        if (type is not (2 or 3))
            throw BootDiagnostics.Malformed(file.Name, $"the ELF type is {type}, not an executable");

        ulong entry = is64 ? image.U64(24) : image.U32(24);
        ulong table = is64 ? image.U64(32) : image.U32(28);
        int entrySize = image.U16(is64 ? 54 : 42);
        int count = image.U16(is64 ? 56 : 44);
        if (count != 0 && entrySize < (is64 ? 56 : 32))
            throw BootDiagnostics.Malformed(file.Name, $"program headers of {entrySize} bytes");
        if (!image.Holds(table, (ulong)entrySize * (ulong)count))
            throw BootDiagnostics.Truncated(file.Name, "the ELF program headers are missing");

        List<ElfSegment> segments = [];
        for (int i = 0; i < count; i++)
        {
            ReadOnlyMemory<byte> header = image.Slice((int)table + (i * entrySize), entrySize);
            uint segmentType = header.U32(0);
            if (segmentType is not (ElfSegment.Load or ElfSegment.Note))
                continue;
            ulong offset = is64 ? header.U64(8) : header.U32(4);
            ulong virtualAddress = is64 ? header.U64(16) : header.U32(8);
            ulong physicalAddress = is64 ? header.U64(24) : header.U32(12);
            ulong fileSize = is64 ? header.U64(32) : header.U32(16);
            ulong memorySize = is64 ? header.U64(40) : header.U32(20);
            if (!image.Holds(offset, fileSize))
                throw BootDiagnostics.Truncated(file.Name, $"ELF segment {i} lies beyond the end of the file");
            if (segmentType == ElfSegment.Load && fileSize > memorySize)
                throw BootDiagnostics.Malformed(file.Name, $"ELF segment {i} is longer in the file than in memory");
            segments.Add(new ElfSegment(segmentType, virtualAddress, physicalAddress, image.Slice((int)offset, (int)fileSize), memorySize));
        }

        return new ElfImage(file.Name, entry, segments);
    }

    /// <summary>Takes the places of the segments to load.</summary>
    /// <param name="memory">The memory to take from.</param>
    /// <returns>The segments by physical address.</returns>
    /// <exception cref="Diagnostics.DiagnosticException">A place is not usable memory, or there is nothing to load.</exception>
    public List<BootSegment> Place(BootMemory memory)
    {
        List<BootSegment> result = [];
        foreach (ElfSegment segment in LoadSegments)
        {
            if (!memory.TryTake(segment.PhysicalAddress, segment.MemorySize))
                throw BootDiagnostics.KernelDoesNotFit(_path, $"a segment of {segment.MemorySize} bytes at {segment.PhysicalAddress:x}h is not in usable memory");
            result.Add(new BootSegment(segment.PhysicalAddress, segment.Data, segment.MemorySize));
        }

        return result.Count != 0 ? result : throw BootDiagnostics.Malformed(_path, "it has no segment to load");
    }
}
