using Dominion.Buses;
using Dominion.Memory;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Mainboard;

/// <summary>The memory from 768 KiB to 1 MiB of a board with firmware: RAM, and what hides it until the firmware says otherwise. Each area has an attribute of two bits: reads go to RAM, writes go to RAM (Intel 440FX data sheet 290549, 3.2.18 "PAM[6:0]").</summary>
internal sealed class ShadowMemory : IPersistent, IDisposable
{
    /// <summary>The first byte of the first area.</summary>
    public const ulong Start = 0xC_0000;

    /// <summary>How many attribute registers there are.</summary>
    public const int RegisterCount = 7;

    private const ulong FirmwareStart = 0xE_0000;
    private const ulong SmallArea = 0x4000;
    private const byte ReadEnable = 1;
    private const byte WriteEnable = 2;

    private readonly IBoardContext _context;
    private readonly FrameRange _romFrames;
    private readonly List<IBusMapping> _fixed = [];
    private readonly List<Area> _areas = [];

    /// <summary>Puts the firmware in place. All areas show what is not RAM.</summary>
    /// <param name="context">What the domain gives.</param>
    /// <param name="image">The firmware, whole pages.</param>
    /// <param name="ram">The frames of the RAM at <see cref="Start"/>, which is mapped already.</param>
    /// <param name="romFrames">Frames for the firmware, of its length.</param>
    public ShadowMemory(IBoardContext context, byte[] image, FrameRange ram, FrameRange romFrames)
    {
        _context = context;
        _romFrames = romFrames;
        ulong top = PcLayout.HighMemory - (ulong)image.Length;
        using (context.MemorySpace.MapFrames(top, romFrames, writable: true, "rom-programming"))
        {
            if (!context.MemorySpace.TryWrite(top, image))
                throw new InvalidOperationException("the ROM's frames do not take the firmware");
        }

        _fixed.Add(context.MemorySpace.MapFrames(top, romFrames, writable: false, "rom"));
        ulong shadowed = Math.Min((ulong)image.Length, PcLayout.ExtendedMemory - FirmwareStart);
        ulong first = PcLayout.ExtendedMemory - shadowed;
        for (ulong start = Start; start < PcLayout.BiosArea; start += SmallArea)
            Add(start, SmallArea, first, ram);
        Add(PcLayout.BiosArea, PcLayout.ExtendedMemory - PcLayout.BiosArea, first, ram);
    }

    /// <summary>Follows the attribute registers.</summary>
    /// <param name="registers">PAM0 to PAM6. PAM0's high nibble is for the last 64 KiB; each nibble of the others is for 16 KiB, ascending.</param>
    public void Apply(ReadOnlySpan<byte> registers)
    {
        for (int i = 0; i < _areas.Count - 1; i++)
            _areas[i].Apply((registers[1 + (i / 2)] >> (i % 2 * 4)) & 3);
        _areas[^1].Apply((registers[0] >> 4) & 3);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("shadow", 1);
        foreach (Area area in _areas)
            writer.Write(area.ReadRam());
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("shadow", 1);
        foreach (Area area in _areas)
        {
            byte[] bytes = reader.ReadBytes();
            if (!area.TryWriteRam(bytes))
                throw new InvalidDataException($"{bytes.Length} bytes of an area of shadow memory");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Area area in _areas)
            area.Dispose();
        foreach (IBusMapping mapping in _fixed)
            mapping.Dispose();
    }

    private void Add(ulong start, ulong length, ulong firstShadowed, FrameRange ram)
    {
        FrameRange areaRam = Part(ram, start - Start, length);
        FrameRange? rom = start < firstShadowed ? null : Part(_romFrames, _romFrames.Length - (PcLayout.ExtendedMemory - start), length);
        _areas.Add(new Area(_context, start, areaRam, rom));
    }

    private static FrameRange Part(FrameRange range, ulong offset, ulong length) =>
        new(range.First + (offset >> FrameRange.FrameShift), length >> FrameRange.FrameShift);

    /// <summary>One area: which of four views the guest has of it.</summary>
    private sealed class Area : IDisposable
    {
        private readonly IBoardContext _context;
        private readonly ulong _start;
        private readonly ulong _length;
        private readonly IBusMapping[] _views;
        private int _attribute = -1;

        public Area(IBoardContext context, ulong start, FrameRange ram, FrameRange? rom)
        {
            _context = context;
            _start = start;
            _length = ram.Length;
            IBusMapping hidden = rom is { } frames
                ? context.MemorySpace.MapFrames(start, frames, writable: false, "shadow-rom")
                : context.MemorySpace.Map(start, ram.Length, new HiddenMemory(), "shadow-nothing");
            _views =
            [
                Off(hidden),
                Off(context.MemorySpace.MapFrames(start, ram, writable: false, "shadow-read-only")),
                Off(context.MemorySpace.Map(start, ram.Length, new WriteOnlyShadow(context.MachineMemory, ram, rom), "shadow-write-only")),
            ];
            Apply(0);
        }

        // The views in order of the attribute; RAM for both is what is left when none is on.
        public void Apply(int attribute)
        {
            if (attribute == _attribute)
                return;
            _attribute = attribute;
            for (int i = 0; i < _views.Length; i++)
            {
                if (i != attribute)
                    _views[i].Enabled = false;
            }

            if (attribute != (ReadEnable | WriteEnable))
                _views[attribute].Enabled = true;
        }

        public byte[] ReadRam()
        {
            byte[] bytes = new byte[_length];
            return WithRam(() => _context.MemorySpace.TryRead(_start, bytes))
                ? bytes
                : throw new InvalidOperationException("shadow memory has no RAM");
        }

        public bool TryWriteRam(byte[] bytes) =>
            (ulong)bytes.Length == _length && WithRam(() => _context.MemorySpace.TryWrite(_start, bytes));

        public void Dispose()
        {
            foreach (IBusMapping view in _views)
                view.Dispose();
        }

        private static IBusMapping Off(IBusMapping mapping)
        {
            mapping.Enabled = false;
            return mapping;
        }

        private bool WithRam(Func<bool> action)
        {
            int attribute = _attribute;
            Apply(ReadEnable | WriteEnable);
            bool done = action();
            Apply(attribute);
            return done;
        }
    }

    /// <summary>What answers where there is neither RAM nor ROM.</summary>
    private sealed class HiddenMemory : IBusTarget
    {
        public ulong Read(in BusAccess access) => ulong.MaxValue;

        public void Write(in BusAccess access, ulong value)
        {
            // Nobody takes it.
        }
    }
}
