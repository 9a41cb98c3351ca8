using Dominion.Memory;

namespace Dominion.Devices.Pc.Virtio;

/// <summary>The buffers of one request: first those that the device reads, then those that it writes (Virtio 1.2, 2.7.4.2). Made once, filled anew for every request. The descriptors are copied out of the guest's memory before they are checked, so the guest cannot change them afterwards.</summary>
internal sealed class VirtioChain
{
    private readonly VirtioSegment[] _segments;
    private IGuestMemory? _memory;
    private int _count;
    private int _readableCount;

    /// <summary>Makes an empty chain.</summary>
    /// <param name="capacity">The most descriptors that a chain may have: the queue's size.</param>
    public VirtioChain(int capacity)
    {
        _segments = new VirtioSegment[capacity];
    }

    /// <summary>The index of the first descriptor, by which the driver knows the chain.</summary>
    public ushort Head { get; private set; }

    /// <summary>How many bytes the device may read.</summary>
    public ulong ReadableLength { get; private set; }

    /// <summary>How many bytes the device may write.</summary>
    public ulong WritableLength { get; private set; }

    /// <summary>Empties the chain for another request.</summary>
    /// <param name="head">The index of its first descriptor.</param>
    /// <param name="memory">RAM as the device may reach it.</param>
    public void Begin(ushort head, IGuestMemory memory)
    {
        Head = head;
        _memory = memory;
        _count = 0;
        _readableCount = 0;
        ReadableLength = 0;
        WritableLength = 0;
    }

    /// <summary>Appends a buffer.</summary>
    /// <param name="segment">The buffer.</param>
    /// <param name="writable">Whether it is the device's to write.</param>
    /// <returns>What is wrong with it, or null.</returns>
    public string? Append(VirtioSegment segment, bool writable)
    {
        if (_count == _segments.Length)
            return "a descriptor chain is longer than its queue, or loops";
        if (segment.Address + segment.Length < segment.Address)
            return "a buffer wraps around the end of memory";
        if (!writable && _readableCount != _count)
            return "a readable buffer follows a writable one";
        if (ReadableLength + WritableLength + segment.Length > uint.MaxValue)
            return "a descriptor chain is longer than 4 GiB";
        _segments[_count++] = segment;
        if (writable)
        {
            WritableLength += segment.Length;
        }
        else
        {
            ReadableLength += segment.Length;
            _readableCount++;
        }

        return null;
    }

    /// <summary>Copies from the readable buffers.</summary>
    /// <param name="offset">The offset of the first byte in them.</param>
    /// <param name="destination">Takes the bytes.</param>
    /// <returns>False when the chain is too short or a buffer is not in RAM.</returns>
    public bool TryRead(ulong offset, Span<byte> destination)
    {
        for (int i = 0; i < _readableCount && !destination.IsEmpty; i++)
        {
            VirtioSegment segment = _segments[i];
            if (offset >= segment.Length)
            {
                offset -= segment.Length;
                continue;
            }

            int count = (int)Math.Min((ulong)destination.Length, segment.Length - offset);
            if (!_memory!.TryRead(segment.Address + offset, destination[..count]))
                return false;
            destination = destination[count..];
            offset = 0;
        }

        return destination.IsEmpty;
    }

    /// <summary>Copies into the writable buffers.</summary>
    /// <param name="offset">The offset of the first byte in them.</param>
    /// <param name="source">The bytes.</param>
    /// <returns>False when the chain is too short or a buffer is not in writable RAM.</returns>
    public bool TryWrite(ulong offset, ReadOnlySpan<byte> source)
    {
        for (int i = _readableCount; i < _count && !source.IsEmpty; i++)
        {
            VirtioSegment segment = _segments[i];
            if (offset >= segment.Length)
            {
                offset -= segment.Length;
                continue;
            }

            int count = (int)Math.Min((ulong)source.Length, segment.Length - offset);
            if (!_memory!.TryWrite(segment.Address + offset, source[..count]))
                return false;
            source = source[count..];
            offset = 0;
        }

        return source.IsEmpty;
    }
}
