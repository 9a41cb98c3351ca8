using Dominion.Devices;
using Dominion.FullVirt.Boot.Elf;

namespace Dominion.FullVirt.Boot.Multiboot;

/// <summary>A Multiboot image (Multiboot Specification 0.6.96): ELF, or anything whose header says where it goes.</summary>
/// <remarks>What is not offered: a video mode (3.1.4; the wish is ignored, as the specification allows), symbols, drives, the APM table.</remarks>
internal sealed class MultibootImage : IKernelImage
{
    private const uint BootloaderMagic = 0x2bad_b002;
    private const int InformationSize = 120;
    private const ulong PageSize = 4096;
    private const ulong FourGiB = 1UL << 32;

    /// <summary>Low memory below this is left to guests' real-mode trampolines.</summary>
    private const ulong LeastLow = 0x9000;

    private readonly BootFile _file;
    private readonly ElfImage? _elf;
    private readonly BootSegment _flat;
    private readonly uint _entry;

    private MultibootImage(BootFile file, ElfImage? elf, BootSegment flat, uint entry)
    {
        _file = file;
        _elf = elf;
        _flat = flat;
        _entry = entry;
    }

    /// <summary>Parses and checks.</summary>
    /// <param name="file">The image.</param>
    /// <param name="header">Its header.</param>
    /// <returns>The image.</returns>
    /// <exception cref="Diagnostics.DiagnosticException">It is truncated or damaged, or asks for what is not there.</exception>
    public static MultibootImage Parse(BootFile file, MultibootHeader header)
    {
        if ((header.Flags & MultibootHeader.UnknownRequirements) is not 0 and uint unknown)
            throw BootDiagnostics.Unsupported(file.Name, $"its Multiboot header requires unknown features ({unknown:x}h)");
        if (header.HasAddresses)
            return ParseFlat(file, header);
        if (!ElfImage.IsElf(file.Content))
            throw BootDiagnostics.Malformed(file.Name, "its Multiboot header gives no addresses, and it is not ELF");
        ElfImage elf = ElfImage.Parse(file);
        return new MultibootImage(file, elf, default, PhysicalEntry(file, elf));
    }

    /// <inheritdoc/>
    public BootPlan Plan(BootEnvironment environment)
    {
        BootMemory memory = new(environment.MemoryMap);
        List<BootSegment> segments = PlaceKernel(memory);
        ulong kernelEnd = segments.Max(s => s.Address + s.MemorySize);
        BootModuleSet modules = BootModuleSet.Place(memory, environment.AllModules, kernelEnd, FourGiB);

        StructureWriter texts = new();
        int loaderName = texts.Text("Dominion");
        int commandLine = texts.Text(Join(_file));
        int[] moduleLines = [.. modules.Modules.Select(m => texts.Text(Join(m.File)))];

        int mapLength = environment.MemoryMap.Count * 24;
        int moduleLength = modules.Modules.Count * 16;
        int size = InformationSize + mapLength + moduleLength + texts.Length;
        if (!memory.TryPlaceLow((ulong)size, 16, LeastLow, 0xa0000, out ulong base64) && !memory.TryPlaceLow((ulong)size, 16, 1UL << 20, FourGiB, out base64))
            throw BootDiagnostics.ModuleDoesNotFit("the Multiboot information", (ulong)size);
        if (!memory.TryPlaceLow(FlatDescriptorTable.Length, 16, LeastLow, FourGiB, out ulong table))
            throw BootDiagnostics.ModuleDoesNotFit("the descriptor table", FlatDescriptorTable.Length);

        uint information = (uint)base64;
        uint mapAddress = information + InformationSize;
        uint moduleAddress = mapAddress + (uint)mapLength;
        uint textAddress = moduleAddress + (uint)moduleLength;

        // 3.3: memory sizes, command line, modules when there are any, memory map, loader name.
        StructureWriter writer = new();
        writer.Add32((1u << 0) | (1u << 2) | (modules.Modules.Count != 0 ? 1u << 3 : 0) | (1u << 6) | (1u << 9));
        writer.Add32((uint)(Math.Min(memory.LowEnd, 0xa0000) >> 10));
        writer.Add32((uint)Math.Min((memory.HighEnd - (1UL << 20)) >> 10, uint.MaxValue));
        writer.Add32(0);
        writer.Add32(textAddress + (uint)commandLine);
        writer.Add32((uint)modules.Modules.Count);
        writer.Add32(moduleAddress);
        writer.Pad(44);
        writer.Add32((uint)mapLength);
        writer.Add32(mapAddress);
        writer.Pad(64);
        writer.Add32(textAddress + (uint)loaderName);
        writer.Pad(InformationSize);
        foreach (MemoryMapEntry entry in environment.MemoryMap)
        {
            writer.Add32(20);
            writer.Add64(entry.Start);
            writer.Add64(entry.Length);
            writer.Add32((uint)entry.Type);
        }

        for (int i = 0; i < modules.Modules.Count; i++)
        {
            writer.Add32((uint)modules.Modules[i].Address);
            writer.Add32((uint)(modules.Modules[i].Address + (ulong)modules.Modules[i].File.Content.Length));
            writer.Add32(textAddress + (uint)moduleLines[i]);
            writer.Add32(0);
        }

        writer.Add(texts.ToArray());
        segments.AddRange(modules.Segments);
        segments.Add(new BootSegment(information, writer.ToArray()));
        segments.Add(new BootSegment(table, FlatDescriptorTable.Build()));
        return new BootPlan(segments, new BootEntry { Eip = _entry, Eax = BootloaderMagic, Ebx = information, DescriptorTable = (uint)table });
    }

    /// <summary>3.1.3: the header says where the image goes.</summary>
    private static MultibootImage ParseFlat(BootFile file, MultibootHeader header)
    {
        ReadOnlyMemory<byte> image = file.Content;
        if (!image.Holds((ulong)header.Offset, 32))
            throw BootDiagnostics.Truncated(file.Name, "the address fields of its Multiboot header are missing");
        uint headerAddress = image.U32(header.Offset + 12);
        uint loadAddress = image.U32(header.Offset + 16);
        uint loadEnd = image.U32(header.Offset + 20);
        uint zeroEnd = image.U32(header.Offset + 24);
        uint entry = image.U32(header.Offset + 28);
        if (loadAddress > headerAddress || headerAddress - loadAddress > (uint)header.Offset)
            throw BootDiagnostics.Malformed(file.Name, $"its Multiboot header at {headerAddress:x}h is loaded to {loadAddress:x}h");
        uint offset = (uint)header.Offset - (headerAddress - loadAddress);
        ulong length = loadEnd == 0 ? (ulong)image.Length - offset : (ulong)loadEnd - loadAddress;
        if (loadEnd != 0 && loadEnd < loadAddress)
            throw BootDiagnostics.Malformed(file.Name, $"it ends at {loadEnd:x}h, before its start at {loadAddress:x}h");
        if (!image.Holds(offset, length))
            throw BootDiagnostics.Truncated(file.Name, $"its Multiboot header asks for {length} bytes from {offset:x}h on");
        ulong end = loadAddress + length;
        if (zeroEnd != 0 && zeroEnd < end)
            throw BootDiagnostics.Malformed(file.Name, $"its memory ends at {zeroEnd:x}h, before its data does");
        ulong memorySize = zeroEnd == 0 ? length : zeroEnd - loadAddress;
        if (memorySize == 0)
            throw BootDiagnostics.Malformed(file.Name, "it has nothing to load");
        return new MultibootImage(file, null, new BootSegment(loadAddress, image.Slice((int)offset, (int)length), memorySize), entry);
    }

    /// <summary>The entry point's physical address: the specification's is physical, but linkers write a virtual one, which lies in a segment.</summary>
    private static uint PhysicalEntry(BootFile file, ElfImage elf)
    {
        ulong entry = elf.Entry;
        foreach (ElfSegment segment in elf.LoadSegments)
        {
            if (entry >= segment.VirtualAddress && entry - segment.VirtualAddress < segment.MemorySize)
            {
                entry = unchecked(entry - segment.VirtualAddress + segment.PhysicalAddress);
                break;
            }
        }

        return entry <= uint.MaxValue ? (uint)entry : throw BootDiagnostics.Malformed(file.Name, $"its entry point {entry:x}h is above 4 GiB");
    }

    /// <summary>The first word of a command line is the file's name, as with GRUB Legacy; Xen and kvm-unit-tests skip it.</summary>
    private static string Join(BootFile file) => file.CommandLine.Length == 0 ? file.GuestName : $"{file.GuestName} {file.CommandLine}";

    private List<BootSegment> PlaceKernel(BootMemory memory)
    {
        if (_elf is not null)
            return _elf.Place(memory);
        if (!memory.TryTake(_flat.Address, _flat.MemorySize))
            throw BootDiagnostics.KernelDoesNotFit(_file.Name, $"it wants {_flat.MemorySize} bytes at {_flat.Address:x}h");
        return [_flat];
    }
}
