namespace Dominion.Paravirt.Xen.Building.Images;

/// <summary>Makes a <see cref="PvKernel"/> of an ELF image (xen/include/public/elfnote.h; xen/include/public/arch-x86/xen.h for the address space).</summary>
internal static class PvElf
{
    private const ulong PageMask = 0xFFF;

    /// <summary>Where the VMM's part of a 32-bit address space begins (xen/include/public/arch-x86/xen-x86_32.h, __HYPERVISOR_VIRT_START_PAE).</summary>
    private const ulong VmmStart32 = 0xF580_0000;

    /// <summary>Where the VMM's part of a 64-bit address space ends (xen/include/public/arch-x86/xen-x86_64.h, HYPERVISOR_VIRT_END); it follows the addresses that do not exist.</summary>
    private const ulong VmmEnd64 = 0xFFFF_8800_0000_0000;
    private const ulong LowerHalfEnd = 0x0000_8000_0000_0000;

    /// <summary>Reads a kernel's file.</summary>
    /// <param name="name">The kernel's name, for diagnostics.</param>
    /// <param name="file">The file: a bzImage, an ELF image or one compressed with gzip.</param>
    /// <param name="memory">The domain's memory in bytes.</param>
    /// <returns>The kernel; its segments refer to the file's bytes or to those unpacked from it.</returns>
    /// <exception cref="Diagnostics.DiagnosticException">The file does not serve; DOM3601 to DOM3613 say why.</exception>
    public static PvKernel Load(string name, ReadOnlyMemory<byte> file, ulong memory) => Parse(name, KernelPayload.Extract(name, file, memory), memory);

    /// <summary>Reads an ELF image.</summary>
    /// <param name="name">The kernel's name, for diagnostics.</param>
    /// <param name="image">The image.</param>
    /// <param name="memory">The domain's memory in bytes.</param>
    /// <returns>The kernel; its segments refer to the image's bytes.</returns>
    /// <exception cref="Diagnostics.DiagnosticException">The image does not serve; DOM3601 and DOM3605 to DOM3613 say why.</exception>
    public static PvKernel Parse(string name, ReadOnlyMemory<byte> image, ulong memory)
    {
        ElfFile elf = ElfFile.Parse(name, image);
        XenNotes notes = XenNoteReader.Read(name, elf) ?? XenGuestSection.Read(name, elf) ?? throw ImageDiagnostics.NotParavirtual(name);
        CheckInterface(name, elf, notes);
        ulong virtualBase = notes.VirtualBase ?? 0;
        if ((virtualBase & PageMask) != 0)
            throw ImageDiagnostics.Malformed(name, $"its virtual base {virtualBase:x}h is not at the start of a page");
        List<PvSegment> segments = Segments(name, elf, notes, virtualBase, memory);
        ulong physicalStart = segments[0].PhysicalStart;
        if ((physicalStart & PageMask) != 0)
            throw ImageDiagnostics.Malformed(name, $"its first segment at {physicalStart:x}h is not at the start of a page");

        ulong start = virtualBase + physicalStart;
        ulong end = virtualBase + segments[^1].PhysicalEnd;
        CheckRange(name, elf.Is64Bit, start, end);
        return new PvKernel
        {
            Is64Bit = elf.Is64Bit,
            Segments = segments,
            VirtualBase = virtualBase,
            VirtualStart = start,
            VirtualEnd = end,
            Entry = Entry(name, notes.Entry ?? elf.Entry, start, end),
            HypercallPage = HypercallPage(name, notes.HypercallPage, start, end),
            InitialP2M = elf.Is64Bit ? InitialP2M(name, notes.InitialP2M, start, end) : null,
            ModuleStartPfn = notes.ModuleStartPfn,
            RequiredFeatures = notes.Features.Required,
            SupportedFeatures = notes.Features.Supported | notes.SupportedFeatures,
            PaeMode = elf.Is64Bit ? PaeMode.None : notes.PaeMode,
            Notes = notes,
        };
    }

    private static void CheckInterface(string name, ElfFile elf, XenNotes notes)
    {
        string version = notes.XenVersion ?? "";
        string loader = notes.Loader ?? "";
        string system = notes.GuestOs ?? "";
        if (!version.StartsWith("xen-3.0", StringComparison.Ordinal))
            throw ImageDiagnostics.OtherInterface(name, $"its Xen version is '{ImageDiagnostics.Printable(version)}', not 'xen-3.0'");
        if (!loader.StartsWith("generic", StringComparison.Ordinal) && !system.StartsWith("linux", StringComparison.Ordinal))
            throw ImageDiagnostics.OtherInterface(name, $"its loader is '{ImageDiagnostics.Printable(loader)}' and its system '{ImageDiagnostics.Printable(system)}', neither 'generic' nor 'linux'");
        if (notes.Features.UnknownRequired is { } feature)
            throw ImageDiagnostics.UnknownFeature(name, ImageDiagnostics.Printable(feature));
        if (!elf.Is64Bit && notes.PaeMode == PaeMode.None)
            throw ImageDiagnostics.NoPae(name);
        if (!elf.Is64Bit && notes.VmmStartLow > VmmStart32)
            throw ImageDiagnostics.BadAddress(name, $"it wants the addresses up to {notes.VmmStartLow:x}h; the VMM's begin at {VmmStart32:x}h");
        if (notes.PhysicalOffset is not null && notes.VirtualBase is null)
            throw ImageDiagnostics.Malformed(name, "it gives PADDR_OFFSET without VIRT_BASE");
    }

    private static List<PvSegment> Segments(string name, ElfFile elf, XenNotes notes, ulong virtualBase, ulong memory)
    {
        // A kernel that has the old section wrote its virtual addresses into p_paddr.
        ulong offset = notes.PhysicalOffset ?? (notes.IsLegacy ? virtualBase : 0);
        List<PvSegment> segments = [];
        foreach (ElfProgramHeader header in elf.ProgramHeaders)
        {
            if (header.Type != ElfProgramHeader.Load || header.MemorySize == 0 || (header.Flags & ElfProgramHeader.AnyAccess) == 0)
                continue;
            if (!elf.Image.Holds(header.Offset, header.FileSize))
                throw ImageDiagnostics.Truncated(name, $"the ELF segment at {header.PhysicalAddress:x}h lies beyond the end of the file");
            if (header.FileSize > header.MemorySize)
                throw ImageDiagnostics.Malformed(name, $"the ELF segment at {header.PhysicalAddress:x}h is longer in the file than in memory");
            ulong physical = header.PhysicalAddress - offset;
            if (physical > memory || header.MemorySize > memory - physical)
                throw ImageDiagnostics.DoesNotFit(name, $"a segment of {header.MemorySize} bytes at {physical:x}h, the domain has {memory}");
            segments.Add(new PvSegment(physical, virtualBase + physical, elf.Available(header.Offset, header.FileSize), header.MemorySize));
        }

        if (segments.Count == 0)
            throw ImageDiagnostics.Malformed(name, "it has no segment to load");
        segments.Sort((a, b) => a.PhysicalStart.CompareTo(b.PhysicalStart));
        for (int i = 1; i < segments.Count; i++)
        {
            if (segments[i].PhysicalStart < segments[i - 1].PhysicalEnd)
                throw ImageDiagnostics.Malformed(name, $"two of its segments overlap at {segments[i].PhysicalStart:x}h");
        }

        AddSymbols(name, elf, notes, segments, virtualBase, memory);
        return segments;
    }

    private static void AddSymbols(string name, ElfFile elf, XenNotes notes, List<PvSegment> segments, ulong virtualBase, ulong memory)
    {
        if (!notes.BsdSymbolTable || BsdSymbols.Build(elf) is not { } symbols)
            return;
        ulong alignment = BsdSymbols.Alignment(elf);
        ulong physical = (segments[^1].PhysicalEnd + alignment - 1) & ~(alignment - 1);
        if (physical > memory || (ulong)symbols.Length > memory - physical)
            throw ImageDiagnostics.DoesNotFit(name, $"a symbol table of {symbols.Length} bytes at {physical:x}h, the domain has {memory}");
        segments.Add(new PvSegment(physical, virtualBase + physical, symbols, (ulong)symbols.Length));
    }

    private static void CheckRange(string name, bool is64Bit, ulong start, ulong end)
    {
        bool isFree = is64Bit
            ? end <= LowerHalfEnd || start >= VmmEnd64
            : end <= VmmStart32;
        if (start >= end || !isFree)
            throw ImageDiagnostics.BadAddress(name, $"its addresses {start:x}h to {end:x}h are not all a guest's");
    }

    private static ulong Entry(string name, ulong entry, ulong start, ulong end) =>
        entry >= start && entry < end ? entry : throw ImageDiagnostics.Malformed(name, $"its entry point {entry:x}h lies outside the kernel");

    private static ulong? HypercallPage(string name, ulong? address, ulong start, ulong end)
    {
        if (address is not { } page)
            return null;
        if ((page & PageMask) != 0)
            throw ImageDiagnostics.Malformed(name, $"its hypercall page {page:x}h is not at the start of a page");
        if (page < start || page >= end)
            throw ImageDiagnostics.Malformed(name, $"its hypercall page {page:x}h lies outside the kernel");
        return page;
    }

    private static ulong? InitialP2M(string name, ulong? address, ulong start, ulong end)
    {
        if (address is not { } map)
            return null;
        if ((map & PageMask) != 0)
            throw ImageDiagnostics.Malformed(name, $"the place of its physical-to-machine map {map:x}h is not at the start of a page");
        if (map is >= LowerHalfEnd and < VmmEnd64)
            throw ImageDiagnostics.BadAddress(name, $"the place of its physical-to-machine map {map:x}h is not a guest's");
        if (map >= start && map < end)
            throw ImageDiagnostics.Malformed(name, $"the place of its physical-to-machine map {map:x}h lies inside the kernel");
        return map;
    }
}
