using System.Buffers.Binary;
using Dominion.Services;

namespace Dominion.Devices.Split.Block;

/// <summary>Executes requests on a store. Nothing of a request is used before it is checked; what cannot be done is a status.</summary>
/// <param name="store">The disk's content.</param>
/// <param name="guest">The frontend's memory.</param>
/// <param name="layout">The layout of requests.</param>
/// <param name="isReadOnly">Whether writes are refused.</param>
internal sealed class BlockExecutor(IBlockStore store, GuestBuffer guest, BlockLayout layout, bool isReadOnly)
{
    private readonly List<BlockSegment> _segments = [];
    private byte[] _data = new byte[BlockProtocol.MostDirectSegments * BlockProtocol.SectorsPerPage << BlockProtocol.SectorShift];

    /// <summary>Executes a request.</summary>
    /// <param name="request">The copy of the request.</param>
    /// <returns>The response's status.</returns>
    public short Execute(ReadOnlySpan<byte> request)
    {
        ulong sector = layout.GetSector(request);
        switch ((BlockOperation)request[0])
        {
            case BlockOperation.Read:
                return TryTakeDirect(request) ? Read(sector) : BlockProtocol.StatusError;
            case BlockOperation.Write:
                return TryTakeDirect(request) ? Write(sector) : BlockProtocol.StatusError;
            case BlockOperation.WriteBarrier:
                return TryTakeDirect(request) ? WriteBarrier(sector) : BlockProtocol.StatusError;
            case BlockOperation.FlushDiskCache:
                return request[1] == 0 ? Flush() : BlockProtocol.StatusError;
            case BlockOperation.Discard:
                return Discard(sector, BinaryPrimitives.ReadUInt64LittleEndian(request[layout.DiscardSectors..]));
            case BlockOperation.Indirect:
                return Indirect(request, sector);
            default:
                return BlockProtocol.StatusUnsupported;
        }
    }

    private static short ToStatus(BlockStatus status) => status switch
    {
        BlockStatus.Ok => BlockProtocol.StatusOkay,
        BlockStatus.Unsupported => BlockProtocol.StatusUnsupported,
        _ => BlockProtocol.StatusError,
    };

    private bool TryTakeDirect(ReadOnlySpan<byte> request)
    {
        int count = request[1];
        return count <= BlockProtocol.MostDirectSegments && TryTake(request.Slice(layout.Segments, count * BlockProtocol.SegmentSize), count, true);
    }

    private bool TryTake(ReadOnlySpan<byte> bytes, int count, bool first)
    {
        if (first)
            _segments.Clear();
        for (int i = 0; i < count; i++)
        {
            if (!BlockSegment.TryRead(bytes[(i * BlockProtocol.SegmentSize)..], out BlockSegment segment))
                return false;
            _segments.Add(segment);
        }

        return true;
    }

    private short Indirect(ReadOnlySpan<byte> request, ulong sector)
    {
        var operation = (BlockOperation)request[1];
        int count = BinaryPrimitives.ReadUInt16LittleEndian(request[2..]);
        if (operation is not (BlockOperation.Read or BlockOperation.Write) || count is 0 or > BlockProtocol.MostIndirectSegments)
            return BlockProtocol.StatusError;
        Span<byte> list = stackalloc byte[BlockProtocol.MostIndirectSegments * BlockProtocol.SegmentSize];
        for (int done = 0, page = 0; done < count; page++)
        {
            int part = Math.Min(count - done, BlockProtocol.SegmentsPerPage);
            Span<byte> bytes = list[..(part * BlockProtocol.SegmentSize)];
            uint reference = BinaryPrimitives.ReadUInt32LittleEndian(request[(layout.IndirectGrants + (page * sizeof(uint)))..]);
            if (!guest.TryRead(reference, 0, bytes) || !TryTake(bytes, part, done == 0))
                return BlockProtocol.StatusError;
            done += part;
        }

        return operation == BlockOperation.Read ? Read(sector) : Write(sector);
    }

    /// <summary>Finds the place on the disk of the segments that were taken, and room for their data.</summary>
    private bool TryLocate(ulong sector, out ulong offset, out Span<byte> data)
    {
        int length = 0;
        foreach (BlockSegment segment in _segments)
            length += segment.Length;
        data = default;
        if (length == 0 || !TryLocate(sector, (ulong)length >> BlockProtocol.SectorShift, out offset))
        {
            offset = 0;
            return false;
        }

        if (_data.Length < length)
            _data = new byte[length];
        data = _data.AsSpan(0, length);
        return true;
    }

    private bool TryLocate(ulong sector, ulong sectors, out ulong offset)
    {
        ulong total = store.Length >> BlockProtocol.SectorShift;
        ulong mask = ((ulong)store.SectorSize >> BlockProtocol.SectorShift) - 1;
        offset = sector << BlockProtocol.SectorShift;
        return sector <= total && sectors <= total - sector && ((sector | sectors) & mask) == 0;
    }

    private short Read(ulong sector)
    {
        if (!TryLocate(sector, out ulong offset, out Span<byte> data))
            return BlockProtocol.StatusError;
        BlockStatus status = store.Read(offset, data);
        if (status != BlockStatus.Ok)
            return ToStatus(status);
        foreach (BlockSegment segment in _segments)
        {
            if (!guest.TryWrite(segment.Reference, segment.Offset, data[..segment.Length]))
                return BlockProtocol.StatusError;
            data = data[segment.Length..];
        }

        return BlockProtocol.StatusOkay;
    }

    private short Write(ulong sector)
    {
        if (isReadOnly || !TryLocate(sector, out ulong offset, out Span<byte> data))
            return BlockProtocol.StatusError;
        Span<byte> rest = data;
        foreach (BlockSegment segment in _segments)
        {
            if (!guest.TryRead(segment.Reference, segment.Offset, rest[..segment.Length]))
                return BlockProtocol.StatusError;
            rest = rest[segment.Length..];
        }

        return ToStatus(store.Write(offset, data));
    }

    // All writes before it are durable before it, and it is durable when it is answered. It may be nothing but that.
    private short WriteBarrier(ulong sector)
    {
        short status = Flush();
        if (status != BlockProtocol.StatusOkay || _segments.Count == 0)
            return status;
        status = Write(sector);
        return status == BlockProtocol.StatusOkay ? Flush() : status;
    }

    private short Flush() => isReadOnly ? BlockProtocol.StatusUnsupported : ToStatus(store.Flush());

    private short Discard(ulong sector, ulong sectors)
    {
        if (isReadOnly || !TryLocate(sector, sectors, out ulong offset))
            return BlockProtocol.StatusError;
        return sectors == 0 ? BlockProtocol.StatusOkay : ToStatus(store.Discard(offset, sectors << BlockProtocol.SectorShift));
    }
}
