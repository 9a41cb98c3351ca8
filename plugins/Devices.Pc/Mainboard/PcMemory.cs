using Dominion.Buses;
using Dominion.Devices.Pc.Pci;
using Dominion.Diagnostics;
using Dominion.Memory;

namespace Dominion.Devices.Pc.Mainboard;

/// <summary>The board's RAM: low RAM from 0 up to the PCI hole, the rest from 4 GiB on. The frames under the video hole stay unmapped, as on a PC.</summary>
internal sealed class PcMemory : IDisposable
{
    private const ulong MinimumSize = 2UL << 20;
    private readonly IBoardContext _context;
    private readonly List<FrameRange> _frames = [];
    private readonly List<IBusMapping> _mappings = [];

    /// <summary>Takes the frames and maps them.</summary>
    /// <param name="context">What the domain gives.</param>
    /// <param name="tablesLength">How many bytes at the top of low RAM hold ACPI tables; a multiple of 4096.</param>
    /// <param name="nonVolatileLength">How many bytes under those ACPI keeps for itself.</param>
    public PcMemory(IBoardContext context, ulong tablesLength, ulong nonVolatileLength)
    {
        _context = context;
        ulong size = context.MemorySize;
        if (size < MinimumSize)
            throw new DiagnosticException("DOM3203", $"the board 'pc' needs at least 2MiB of memory, not {size} bytes");
        ulong low = Math.Min(size, PcLayout.PciHole);
        ulong high = size - low;
        (ulong windowStart, ulong windowLength) = PciLayout.GetMemory64Window(context.MemorySpace.AddressBits);
        ulong highLimit = (windowLength != 0 ? windowStart : 1UL << context.MemorySpace.AddressBits) - PcLayout.HighMemory;
        if (high > highLimit)
            throw new DiagnosticException("DOM3204", $"{size} bytes of memory do not fit into {context.MemorySpace.AddressBits} bits of physical address");

        FrameRange lowFrames = Allocate(low);
        Map(0, lowFrames, 0, PcLayout.VideoHole);
        Map(PcLayout.VideoHoleEnd, lowFrames, PcLayout.VideoHoleEnd, low - PcLayout.VideoHoleEnd);
        if (high != 0)
            Map(PcLayout.HighMemory, Allocate(high), 0, high);

        Tables = low - tablesLength;
        NonVolatile = Tables - nonVolatileLength;
        List<MemoryMapEntry> map =
        [
            new(0, PcLayout.ExtendedBiosData, MemoryMapType.Usable),
            new(PcLayout.ExtendedBiosData, PcLayout.VideoHole - PcLayout.ExtendedBiosData, MemoryMapType.Reserved),
            new(PcLayout.BiosArea, PcLayout.ExtendedMemory - PcLayout.BiosArea, MemoryMapType.Reserved),
            new(PcLayout.ExtendedMemory, NonVolatile - PcLayout.ExtendedMemory, MemoryMapType.Usable),
            new(NonVolatile, nonVolatileLength, MemoryMapType.AcpiNonVolatile),
            new(Tables, tablesLength, MemoryMapType.AcpiReclaimable),
            new(PciLayout.EcamStart, PciLayout.EcamLength, MemoryMapType.Reserved),
        ];
        if (high != 0)
            map.Add(new(PcLayout.HighMemory, high, MemoryMapType.Usable));
        Entries = map;
        UpperFrames = new FrameRange(lowFrames.First + (PcLayout.VideoHoleEnd >> FrameRange.FrameShift), (PcLayout.ExtendedMemory - PcLayout.VideoHoleEnd) >> FrameRange.FrameShift);
        Low = low;
        High = high;
    }

    /// <summary>The memory map that firmware would report.</summary>
    public IReadOnlyList<MemoryMapEntry> Entries { get; }

    /// <summary>How much RAM is under the PCI hole.</summary>
    public ulong Low { get; }

    /// <summary>How much RAM is above 4 GiB.</summary>
    public ulong High { get; }

    /// <summary>The frames of the RAM from 768 KiB to 1 MiB.</summary>
    public FrameRange UpperFrames { get; }

    /// <summary>Where the ACPI tables are.</summary>
    public ulong Tables { get; }

    /// <summary>Where ACPI's own page is, with the FACS.</summary>
    public ulong NonVolatile { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IBusMapping mapping in _mappings)
            mapping.Dispose();
        foreach (FrameRange range in _frames)
            _context.MachineMemory.Free(_context.DomainId, range);
        _mappings.Clear();
        _frames.Clear();
    }

    /// <summary>Takes frames of the domain.</summary>
    /// <param name="length">How many bytes, a multiple of 4096.</param>
    /// <returns>The frames, given back by <see cref="Dispose"/>.</returns>
    /// <exception cref="DiagnosticException">There is no such run.</exception>
    public FrameRange Allocate(ulong length)
    {
        if (!_context.MachineMemory.TryAllocate(_context.DomainId, length >> FrameRange.FrameShift, out FrameRange frames))
        {
            Dispose();
            throw new DiagnosticException("DOM3205", $"the machine has no {length} bytes of memory in one piece for the domain '{_context.DomainName}'");
        }

        _frames.Add(frames);
        return frames;
    }

    private void Map(ulong start, FrameRange frames, ulong offset, ulong length) =>
        _mappings.Add(_context.MemorySpace.MapFrames(
            start,
            new FrameRange(frames.First + (offset >> FrameRange.FrameShift), length >> FrameRange.FrameShift),
            writable: true,
            "ram"));
}
