using Dominion.Persistence;

namespace Dominion.Services.Local.Block;

/// <summary>A disk image that stays as it is: what is written goes to an overlay and is read from there.</summary>
internal sealed class OverlayStore : IBlockStore, IExternalState, IDisposable
{
    private const int ChunkLength = 1 << 20;
    private readonly ImageStore _image;
    private readonly OverlayFile _overlay;
    private readonly bool _isKept;

    // Guards the overlay's map. Taken last: nothing is called under it but the overlay's file.
    private readonly Lock _lock = new();

    /// <summary>Lays an overlay over an image.</summary>
    /// <param name="image">The image; the store closes it.</param>
    /// <param name="overlay">The overlay; the store closes it.</param>
    /// <param name="isKept">Whether the overlay outlives the machine.</param>
    public OverlayStore(ImageStore image, OverlayFile overlay, bool isKept)
    {
        _image = image;
        _overlay = overlay;
        _isKept = isKept;
    }

    /// <inheritdoc/>
    public int SectorSize => _image.SectorSize;

    /// <inheritdoc/>
    public ulong Length => _image.Length;

    /// <inheritdoc/>
    public bool IsReadOnly => false;

    /// <inheritdoc/>
    /// <remarks>An overlay that ends with the machine is in what is saved; a kept one is not.</remarks>
    public bool IsWritten => _isKept;

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("disk-overlay", 1);
        writer.Write(_isKept);
        _image.Save(writer);
        lock (_lock)
        {
            if (!_isKept)
            {
                SaveSectors(writer);
                return;
            }
            if (_overlay.Flush() != BlockStatus.Ok)
                throw new IOException("the overlay cannot be flushed; the log has the host's reason");
            _overlay.SaveIdentity(writer);
        }
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("disk-overlay", 1);
        if (reader.ReadBoolean() != _isKept)
            throw new InvalidDataException("an overlay that is kept and one that is not");
        _image.Restore(reader);
        if (_isKept)
            _overlay.CheckIdentity(reader);
        else
            RestoreSectors(reader);
    }

    /// <inheritdoc/>
    public BlockStatus Read(ulong offset, Span<byte> destination)
    {
        if (!BlockRange.IsInside(this, offset, (ulong)destination.Length))
            return BlockStatus.OutOfRange;
        while (!destination.IsEmpty)
        {
            ulong run;
            bool present;
            lock (_lock)
                run = _overlay.Map.GetRun(offset / (uint)SectorSize, (ulong)destination.Length / (uint)SectorSize, out present);
            int bytes = (int)(run * (uint)SectorSize);
            BlockStatus status = present ? _overlay.Read(offset, destination[..bytes]) : _image.Read(offset, destination[..bytes]);
            if (status != BlockStatus.Ok)
                return status;
            destination = destination[bytes..];
            offset += (uint)bytes;
        }

        return BlockStatus.Ok;
    }

    /// <inheritdoc/>
    public BlockStatus Write(ulong offset, ReadOnlySpan<byte> source)
    {
        if (!BlockRange.IsInside(this, offset, (ulong)source.Length))
            return BlockStatus.OutOfRange;
        BlockStatus status = _overlay.Write(offset, source);
        if (status != BlockStatus.Ok)
            return status;
        lock (_lock)
            _overlay.Map.Add(offset / (uint)SectorSize, (ulong)source.Length / (uint)SectorSize);
        return BlockStatus.Ok;
    }

    /// <inheritdoc/>
    /// <remarks>An overlay that ends with the machine has nothing to make durable.</remarks>
    public BlockStatus Flush()
    {
        if (!_isKept)
            return BlockStatus.Ok;
        lock (_lock)
            return _overlay.Flush();
    }

    /// <inheritdoc/>
    /// <remarks>The sectors stay as they were: the overlay has no way to say that they are nowhere.</remarks>
    public BlockStatus Discard(ulong offset, ulong length) =>
        BlockRange.IsInside(this, offset, length) ? BlockStatus.Ok : BlockStatus.OutOfRange;

    /// <inheritdoc/>
    public void Dispose()
    {
        Flush();
        _overlay.Dispose();
        _image.Dispose();
    }

    // Runs of sectors that the overlay holds: offset and bytes, and at the end the length of the disk.
    private void SaveSectors(StateWriter writer)
    {
        byte[] chunk = new byte[ChunkLength];
        for (ulong offset = 0; offset < Length;)
        {
            ulong run = _overlay.Map.GetRun(offset / (uint)SectorSize, (Length - offset) / (uint)SectorSize, out bool present) * (uint)SectorSize;
            if (!present)
            {
                offset += run;
                continue;
            }
            int count = (int)Math.Min(run, ChunkLength);
            if (_overlay.Read(offset, chunk.AsSpan(0, count)) != BlockStatus.Ok)
                throw new IOException("the overlay cannot be read; the log has the host's reason");
            writer.Write(offset);
            writer.Write(chunk.AsSpan(0, count));
            offset += (uint)count;
        }
        writer.Write(Length);
    }

    private void RestoreSectors(StateReader reader)
    {
        while (true)
        {
            ulong offset = reader.ReadUInt64();
            if (offset == Length)
                return;
            byte[] sectors = reader.ReadBytes();
            if (Write(offset, sectors) != BlockStatus.Ok)
                throw new InvalidDataException($"{sectors.Length} bytes at {offset} do not fit the overlay");
        }
    }
}
