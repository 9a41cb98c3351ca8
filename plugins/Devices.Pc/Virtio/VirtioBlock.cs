using System.Buffers.Binary;
using System.Text;
using Dominion.Diagnostics;
using Dominion.Services;

namespace Dominion.Devices.Pc.Virtio;

/// <summary>
/// A virtio block device (Virtio 1.2, 5.2) before a block store.
/// <code>
/// request   +0 type le32 (0 in, 1 out, 4 flush, 8 get id, 11 discard, 13 write zeroes), +8 sector le64 in units of 512 bytes, +16 data
/// answer    data, then one byte: 0 done, 1 I/O error, 2 unsupported
/// </code>
/// </summary>
internal sealed class VirtioBlock : VirtioDevice
{
    /// <summary>VIRTIO_BLK_F_SEG_MAX.</summary>
    public const ulong FeatureSegmentMaximum = 1 << 2;

    /// <summary>VIRTIO_BLK_F_RO.</summary>
    public const ulong FeatureReadOnly = 1 << 5;

    /// <summary>VIRTIO_BLK_F_BLK_SIZE.</summary>
    public const ulong FeatureBlockSize = 1 << 6;

    /// <summary>VIRTIO_BLK_F_FLUSH.</summary>
    public const ulong FeatureFlush = 1 << 9;

    /// <summary>VIRTIO_BLK_F_DISCARD.</summary>
    public const ulong FeatureDiscard = 1 << 13;

    /// <summary>VIRTIO_BLK_F_WRITE_ZEROES.</summary>
    public const ulong FeatureWriteZeroes = 1 << 14;

    /// <summary>The length of a serial number.</summary>
    public const int SerialLength = 20;

    private const int QueueSize = 256;
    private const int SectorShift = 9;
    private const int HeaderLength = 16;
    private const int RangeLength = 16;
    private const int ConfigurationLength = 0x3C;
    private const uint MostDiscardSectors = 0x40_0000;
    private const uint MostZeroSectors = 0x8000;
    private const uint MostRanges = 16;
    private const int BufferLength = 128 << 10;

    private const byte StatusOk = 0;
    private const byte StatusError = 1;
    private const byte StatusUnsupported = 2;

    private readonly IBlockStore _store;
    private readonly bool _isReadOnly;
    private readonly byte[] _configuration = new byte[ConfigurationLength];
    private readonly byte[] _serial = new byte[SerialLength];
    private readonly byte[] _buffer = new byte[BufferLength];

    /// <summary>Puts a block device before a store.</summary>
    /// <param name="log">The device's log.</param>
    /// <param name="store">The disk's content.</param>
    /// <param name="readOnly">Whether writes are refused even if the store takes them.</param>
    /// <param name="serial">The serial number, ASCII; cut at 20 characters.</param>
    public VirtioBlock(ILog log, IBlockStore store, bool readOnly, string serial)
        : base(log, GetFeatures(readOnly || store.IsReadOnly), QueueSize)
    {
        _store = store;
        _isReadOnly = readOnly || store.IsReadOnly;
        Encoding.ASCII.GetBytes(serial.AsSpan(0, Math.Min(serial.Length, SerialLength)), _serial);
        FillConfiguration();
    }

    private enum RequestType : uint
    {
        In = 0,
        Out = 1,
        Flush = 4,
        GetId = 8,
        Discard = 11,
        WriteZeroes = 13,
    }

    /// <inheritdoc/>
    public override ushort DeviceType => 2;

    /// <inheritdoc/>
    public override void ReadConfiguration(int offset, Span<byte> destination) => CopyConfiguration(_configuration, offset, destination);

    /// <inheritdoc/>
    protected override uint Handle(int queue, VirtioChain chain)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        if (chain.WritableLength == 0 || !chain.TryRead(0, header))
        {
            Fail("a block request has no header or no room for its status");
            return 0;
        }

        RequestType type = (RequestType)BinaryPrimitives.ReadUInt32LittleEndian(header);
        ulong sector = BinaryPrimitives.ReadUInt64LittleEndian(header[8..]);
        ulong room = chain.WritableLength - 1;
        ulong filled = 0;
        byte status = type switch
        {
            RequestType.In => Read(chain, sector, room, out filled),
            RequestType.Out => Write(chain, sector),
            RequestType.Flush => ToStatus(_store.Flush()),
            RequestType.GetId => GetId(chain, room, out filled),
            RequestType.Discard or RequestType.WriteZeroes => ChangeRanges(chain, type == RequestType.WriteZeroes),
            _ => StatusUnsupported,
        };
        if (!chain.TryWrite(room, new ReadOnlySpan<byte>(in status)))
            Fail("a block request's status is not in memory");

        // Bytes before the status that were not filled may not be counted as written, so then only what is contiguous counts.
        return filled == room ? (uint)chain.WritableLength : (uint)filled;
    }

    private static ulong GetFeatures(bool readOnly) =>
        FeatureSegmentMaximum | FeatureBlockSize | FeatureFlush | (readOnly ? FeatureReadOnly : FeatureDiscard | FeatureWriteZeroes);

    private static byte ToStatus(BlockStatus status) => status switch
    {
        BlockStatus.Ok => StatusOk,
        BlockStatus.Unsupported => StatusUnsupported,
        _ => StatusError,
    };

    // struct virtio_blk_config.
    private void FillConfiguration()
    {
        Span<byte> fields = _configuration;
        BinaryPrimitives.WriteUInt64LittleEndian(fields, _store.Length >> SectorShift);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[0x0C..], QueueSize - 2);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[0x14..], (uint)_store.SectorSize);
        if (_isReadOnly)
            return;
        BinaryPrimitives.WriteUInt32LittleEndian(fields[0x24..], MostDiscardSectors);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[0x28..], MostRanges);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[0x2C..], (uint)_store.SectorSize >> SectorShift);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[0x30..], MostZeroSectors);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[0x34..], MostRanges);
    }

    // Whether a range is inside the disk and of whole sectors of the store.
    private bool TryLocate(ulong sector, ulong length, out ulong offset)
    {
        offset = sector << SectorShift;
        uint mask = (uint)_store.SectorSize - 1;
        return sector <= _store.Length >> SectorShift
            && length <= _store.Length - offset
            && (offset & mask) == 0
            && (length & mask) == 0;
    }

    private byte Read(VirtioChain chain, ulong sector, ulong length, out ulong filled)
    {
        filled = 0;
        if (!TryLocate(sector, length, out ulong offset))
            return StatusError;
        while (filled < length)
        {
            Span<byte> part = _buffer.AsSpan(0, (int)Math.Min(BufferLength, length - filled));
            BlockStatus status = _store.Read(offset + filled, part);
            if (status != BlockStatus.Ok)
                return ToStatus(status);
            if (!chain.TryWrite(filled, part))
            {
                Fail("a block request's buffer is not in memory");
                return StatusError;
            }

            filled += (uint)part.Length;
        }

        return StatusOk;
    }

    private byte Write(VirtioChain chain, ulong sector)
    {
        ulong length = chain.ReadableLength - HeaderLength;
        if (_isReadOnly || !TryLocate(sector, length, out ulong offset))
            return StatusError;
        for (ulong done = 0; done < length;)
        {
            Span<byte> part = _buffer.AsSpan(0, (int)Math.Min(BufferLength, length - done));
            if (!chain.TryRead(HeaderLength + done, part))
            {
                Fail("a block request's buffer is not in memory");
                return StatusError;
            }

            BlockStatus status = _store.Write(offset + done, part);
            if (status != BlockStatus.Ok)
                return ToStatus(status);
            done += (uint)part.Length;
        }

        return StatusOk;
    }

    private byte GetId(VirtioChain chain, ulong room, out ulong filled)
    {
        filled = Math.Min(room, SerialLength);
        if (chain.TryWrite(0, _serial.AsSpan(0, (int)filled)))
            return StatusOk;
        Fail("a block request's buffer is not in memory");
        return StatusError;
    }

    // Virtio 1.2, 5.2.6: struct virtio_blk_discard_write_zeroes { le64 sector; le32 num_sectors; le32 flags (bit 0: unmap) }.
    private byte ChangeRanges(VirtioChain chain, bool zero)
    {
        if (_isReadOnly)
            return StatusError;
        ulong length = chain.ReadableLength - HeaderLength;
        if (length == 0 || length % RangeLength != 0 || length / RangeLength > MostRanges)
            return StatusError;
        Span<byte> range = stackalloc byte[RangeLength];
        for (ulong at = 0; at < length; at += RangeLength)
        {
            if (!chain.TryRead(HeaderLength + at, range))
            {
                Fail("a block request's buffer is not in memory");
                return StatusError;
            }

            uint sectors = BinaryPrimitives.ReadUInt32LittleEndian(range[8..]);
            uint flags = BinaryPrimitives.ReadUInt32LittleEndian(range[12..]);
            if ((flags & ~(zero ? 1u : 0u)) != 0)
                return StatusUnsupported;
            ulong bytes = (ulong)sectors << SectorShift;
            if (sectors > (zero ? MostZeroSectors : MostDiscardSectors)
                || !TryLocate(BinaryPrimitives.ReadUInt64LittleEndian(range), bytes, out ulong offset))
                return StatusError;
            BlockStatus status = zero ? WriteZeroes(offset, bytes) : _store.Discard(offset, bytes);
            if (status != BlockStatus.Ok)
                return ToStatus(status);
        }

        return StatusOk;
    }

    // A store may leave what it discards as it was, so zeros are written even where the driver allows unmapping.
    private BlockStatus WriteZeroes(ulong offset, ulong length)
    {
        BlockStatus status = BlockStatus.Ok;
        _buffer.AsSpan().Clear();
        for (ulong done = 0; done < length && status == BlockStatus.Ok; done += BufferLength)
            status = _store.Write(offset + done, _buffer.AsSpan(0, (int)Math.Min(BufferLength, length - done)));
        return status;
    }
}
