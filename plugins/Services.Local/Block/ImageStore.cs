using Dominion.Persistence;

namespace Dominion.Services.Local.Block;

/// <summary>A raw disk image, read and written in place.</summary>
internal sealed class ImageStore : IBlockStore, IExternalState, IDisposable
{
    private readonly ImageFile _file;

    /// <summary>Makes a store of an open image.</summary>
    /// <param name="file">The image; the store closes it.</param>
    /// <param name="sectorSize">The size of a logical sector.</param>
    /// <param name="readOnly">Whether writes are refused.</param>
    public ImageStore(ImageFile file, int sectorSize, bool readOnly)
    {
        _file = file;
        SectorSize = sectorSize;
        IsReadOnly = readOnly;
    }

    /// <inheritdoc/>
    public int SectorSize { get; }

    /// <inheritdoc/>
    public ulong Length => (ulong)_file.Length;

    /// <inheritdoc/>
    public bool IsReadOnly { get; }

    /// <inheritdoc/>
    public bool IsWritten => !IsReadOnly;

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("disk-image", 1);
        if (Flush() != BlockStatus.Ok)
            throw new IOException("the image cannot be flushed; the log has the host's reason");
        _file.SaveIdentity(writer);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("disk-image", 1);
        _file.CheckIdentity(reader);
    }

    /// <inheritdoc/>
    public BlockStatus Read(ulong offset, Span<byte> destination) =>
        BlockRange.IsInside(this, offset, (ulong)destination.Length) ? _file.Read((long)offset, destination) : BlockStatus.OutOfRange;

    /// <inheritdoc/>
    public BlockStatus Write(ulong offset, ReadOnlySpan<byte> source)
    {
        if (IsReadOnly)
            return BlockStatus.ReadOnly;
        return BlockRange.IsInside(this, offset, (ulong)source.Length) ? _file.Write((long)offset, source) : BlockStatus.OutOfRange;
    }

    /// <inheritdoc/>
    public BlockStatus Flush() => IsReadOnly ? BlockStatus.Ok : _file.Flush();

    /// <inheritdoc/>
    public BlockStatus Discard(ulong offset, ulong length)
    {
        if (IsReadOnly)
            return BlockStatus.ReadOnly;
        return BlockRange.IsInside(this, offset, length) ? _file.Discard((long)offset, (long)length) : BlockStatus.OutOfRange;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
