using Dominion.Devices;
using Dominion.FullVirt.Boot.Elf;

namespace Dominion.FullVirt.Boot.Pvh;

/// <summary>An ELF image with the note XEN_ELFNOTE_PHYS32_ENTRY, entered by PVH's direct boot (Xen, docs/misc/pvh.pandoc and xen/include/public/arch-x86/hvm/start_info.h).</summary>
internal sealed class PvhImage : IKernelImage
{
    private const uint Phys32Entry = 18;
    private const uint StartInfoMagic = 0x336e_c578;
    private const int StartInfoSize = 56;
    private const ulong LeastLow = 0x9000;
    private const ulong FourGiB = 1UL << 32;

    private readonly BootFile _file;
    private readonly ElfImage _elf;
    private readonly uint _entry;

    private PvhImage(BootFile file, ElfImage elf, uint entry)
    {
        _file = file;
        _elf = elf;
        _entry = entry;
    }

    /// <summary>Makes the image when the note is there.</summary>
    /// <param name="file">The file.</param>
    /// <param name="elf">The file, parsed.</param>
    /// <returns>The image, or null without the note.</returns>
    /// <exception cref="Diagnostics.DiagnosticException">The note is damaged.</exception>
    public static PvhImage? TryMake(BootFile file, ElfImage elf)
    {
        foreach (ElfSegment notes in elf.Segments.Where(s => s.Type == ElfSegment.Note))
        {
            if (FindEntry(file, notes.Data) is { } entry)
                return new PvhImage(file, elf, entry);
        }

        return null;
    }

    /// <inheritdoc/>
    public BootPlan Plan(BootEnvironment environment)
    {
        BootMemory memory = new(environment.MemoryMap);
        List<BootSegment> segments = _elf.Place(memory);
        ulong kernelEnd = segments.Max(s => s.Address + s.MemorySize);
        BootModuleSet modules = BootModuleSet.Place(memory, environment.AllModules, kernelEnd, FourGiB);

        StructureWriter texts = new();
        int commandLine = texts.Text(_file.CommandLine);
        int[] moduleLines = [.. modules.Modules.Select(m => texts.Text(m.File.CommandLine))];
        int mapLength = environment.MemoryMap.Count * 24;
        int moduleLength = modules.Modules.Count * 32;
        int size = StartInfoSize + mapLength + moduleLength + texts.Length;
        if (!memory.TryPlaceLow((ulong)size, 16, LeastLow, FourGiB, out ulong startInfo))
            throw BootDiagnostics.ModuleDoesNotFit("the PVH start information", (ulong)size);
        if (!memory.TryPlaceLow(FlatDescriptorTable.Length, 16, LeastLow, FourGiB, out ulong table))
            throw BootDiagnostics.ModuleDoesNotFit("the descriptor table", FlatDescriptorTable.Length);

        ulong mapAddress = startInfo + StartInfoSize;
        ulong moduleAddress = mapAddress + (ulong)mapLength;
        ulong textAddress = moduleAddress + (ulong)moduleLength;
        StructureWriter writer = new();
        writer.Add32(StartInfoMagic);
        writer.Add32(1);                                                   // version: with the memory map
        writer.Add32(0);                                                   // flags
        writer.Add32((uint)modules.Modules.Count);
        writer.Add64(modules.Modules.Count == 0 ? 0 : moduleAddress);
        writer.Add64(textAddress + (ulong)commandLine);
        writer.Add64(environment.AcpiRootPointer);
        writer.Add64(mapAddress);
        writer.Add32((uint)environment.MemoryMap.Count);
        writer.Add32(0);
        foreach (MemoryMapEntry entry in environment.MemoryMap)
        {
            writer.Add64(entry.Start);
            writer.Add64(entry.Length);
            writer.Add32((uint)entry.Type);
            writer.Add32(0);
        }

        for (int i = 0; i < modules.Modules.Count; i++)
        {
            writer.Add64(modules.Modules[i].Address);
            writer.Add64((ulong)modules.Modules[i].File.Content.Length);
            writer.Add64(textAddress + (ulong)moduleLines[i]);
            writer.Add64(0);
        }

        writer.Add(texts.ToArray());
        segments.AddRange(modules.Segments);
        segments.Add(new BootSegment(startInfo, writer.ToArray()));
        segments.Add(new BootSegment(table, FlatDescriptorTable.Build()));
        return new BootPlan(segments, new BootEntry { Eip = _entry, Ebx = (uint)startInfo, DescriptorTable = (uint)table });
    }

    /// <summary>Walks notes: name size, description size, type, then both, each padded to four bytes (System V ABI, "Note Section").</summary>
    private static uint? FindEntry(BootFile file, ReadOnlyMemory<byte> notes)
    {
        ulong offset = 0;
        while (notes.Holds(offset, 12))
        {
            ulong nameSize = notes.U32((int)offset);
            ulong descriptionSize = notes.U32((int)offset + 4);
            uint type = notes.U32((int)offset + 8);
            ulong name = offset + 12;
            ulong description = name + ((nameSize + 3) & ~3UL);
            if (!notes.Holds(name, nameSize) || !notes.Holds(description, descriptionSize))
                throw BootDiagnostics.Malformed(file.Name, "an ELF note ends beyond its segment");
            if (type == Phys32Entry && notes.Span.Slice((int)name, (int)nameSize).SequenceEqual("Xen\0"u8))
            {
                ulong entry = descriptionSize switch
                {
                    4 => notes.U32((int)description),
                    8 => notes.U64((int)description),
                    _ => throw BootDiagnostics.Malformed(file.Name, $"its PVH note has {descriptionSize} bytes"),
                };
                return entry <= uint.MaxValue ? (uint)entry : throw BootDiagnostics.Malformed(file.Name, $"its PVH entry point {entry:x}h is above 4 GiB");
            }

            offset = description + ((descriptionSize + 3) & ~3UL);
        }

        return null;
    }
}
