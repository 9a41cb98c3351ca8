using Dominion.Buses;
using Dominion.Devices.Pc.Tests.Pci;
using Dominion.Memory;

namespace Dominion.Devices.Pc.Tests.Mainboard;

/// <summary>Machine memory that keeps only the pages that are written, and a domain's memory space on it.</summary>
internal sealed unsafe class TestFrames(ulong frameCount) : IMachineMemory, IMemorySpace
{
    private readonly TestMemorySpace _devices = new(0);
    private readonly Dictionary<ulong, byte[]> _pages = [];
    private readonly List<FrameMapping> _mappings = [];
    private readonly List<FrameRange> _owned = [];
    private ulong _next;

    event Action? IPhysicalAddressSpace.LayoutChanged
    {
        add { }
        remove { }
    }

    public byte* Base => null;

    public ulong FrameCount => frameCount;

    public byte* CodeMarks => null;

    public int AddressBits => 40;

    /// <summary>How many frames the domain owns.</summary>
    public ulong Owned => _owned.Aggregate(0UL, (sum, range) => sum + range.Count);

    public bool TryAllocate(int domain, ulong count, out FrameRange range)
    {
        range = new FrameRange(_next, count);
        if (_next + count > frameCount)
            return false;
        _next += count;
        _owned.Add(range);
        return true;
    }

    public void Free(int domain, FrameRange range) => Assert.True(_owned.Remove(range));

    public int OwnerOf(ulong frame) => _owned.Any(range => frame - range.First < range.Count) ? 1 : -1;

    public void AddCodeObserver(ICodeObserver observer) => throw new InvalidOperationException("no code here");

    public void RemoveCodeObserver(ICodeObserver observer) => throw new InvalidOperationException("no code here");

    public void MarkCode(ulong frame, ICodeObserver source) => throw new InvalidOperationException("no code here");

    public void UnmarkCode(ulong frame) => throw new InvalidOperationException("no code here");

    public void NotifyWrite(ulong address, int length) => throw new InvalidOperationException("no code here");

    public IBusMapping Map(ulong start, ulong length, IBusTarget target, string name) => _devices.Map(start, length, target, name);

    public IBusMapping MapFrames(ulong start, FrameRange frames, bool writable, string name)
    {
        FrameMapping mapping = new(start, frames, writable);
        _mappings.Add(mapping);
        return mapping;
    }

    public byte* GetPage(ulong address, MemoryAccess access) => null;

    public ulong Read(ulong address, AccessWidth width, int initiator) => _devices.Read(address, width, initiator);

    public void Write(ulong address, AccessWidth width, ulong value, int initiator) => _devices.Write(address, width, value, initiator);

    public bool TryRead(ulong address, Span<byte> destination)
    {
        for (int i = 0; i < destination.Length; i++)
        {
            if (!TryFind(address + (ulong)i, write: false, out byte[]? page, out int offset))
                return false;
            destination[i] = page[offset];
        }

        return true;
    }

    public bool TryWrite(ulong address, ReadOnlySpan<byte> source)
    {
        for (int i = 0; i < source.Length; i++)
        {
            if (!TryFind(address + (ulong)i, write: true, out byte[]? page, out int offset))
                return false;
            page[offset] = source[i];
        }

        return true;
    }

    /// <summary>Reads RAM that must be there.</summary>
    public byte[] Bytes(ulong address, int length)
    {
        byte[] bytes = new byte[length];
        Assert.True(TryRead(address, bytes), $"no RAM at 0x{address:X}");
        return bytes;
    }

    private bool TryFind(ulong address, bool write, out byte[] page, out int offset)
    {
        offset = (int)(address & 0xFFF);
        page = [];
        FrameMapping? mapping = _mappings.FindLast(m => !m.Disposed && m.Enabled && address - m.Start < m.Length);
        if (mapping is null || (write && !mapping.Writable))
            return false;
        ulong frame = mapping.Frames.First + ((address - mapping.Start) >> 12);
        if (!_pages.TryGetValue(frame, out byte[]? found))
            _pages[frame] = found = new byte[4096];
        page = found;
        return true;
    }

    private sealed class FrameMapping(ulong start, FrameRange frames, bool writable) : IBusMapping
    {
        public bool Writable => writable;

        public ulong Start { get; private set; } = start;

        public FrameRange Frames { get; } = frames;

        public ulong Length => Frames.Length;

        public bool Enabled { get; set; } = true;

        public bool Disposed { get; private set; }

        public void Move(ulong start) => Start = start;

        public void Dispose() => Disposed = true;
    }
}
