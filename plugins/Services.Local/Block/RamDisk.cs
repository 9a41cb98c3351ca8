using Dominion.Persistence;

namespace Dominion.Services.Local.Block;

/// <summary>A disk in memory. Takes memory only for what was written.</summary>
internal sealed class RamDisk : IBlockStore, IPersistent
{
    private const int ChunkLength = 64 << 10;

    private readonly byte[]?[] _chunks;

    /// <summary>Makes a disk of zeros.</summary>
    /// <param name="length">The length in bytes.</param>
    /// <param name="sectorSize">The size of a logical sector.</param>
    public RamDisk(ulong length, int sectorSize)
    {
        Length = length;
        SectorSize = sectorSize;
        _chunks = new byte[]?[(length + ChunkLength - 1) / ChunkLength];
    }

    /// <inheritdoc/>
    public int SectorSize { get; }

    /// <inheritdoc/>
    public ulong Length { get; }

    /// <inheritdoc/>
    public bool IsReadOnly => false;

    /// <inheritdoc/>
    public BlockStatus Read(ulong offset, Span<byte> destination)
    {
        if (!BlockRange.IsInside(this, offset, (ulong)destination.Length))
            return BlockStatus.OutOfRange;
        while (!destination.IsEmpty)
        {
            int inner = (int)(offset % ChunkLength);
            int count = Math.Min(destination.Length, ChunkLength - inner);
            if (Volatile.Read(ref _chunks[offset / ChunkLength]) is { } chunk)
                chunk.AsSpan(inner, count).CopyTo(destination);
            else
                destination[..count].Clear();
            destination = destination[count..];
            offset += (uint)count;
        }

        return BlockStatus.Ok;
    }

    /// <inheritdoc/>
    public BlockStatus Write(ulong offset, ReadOnlySpan<byte> source)
    {
        if (!BlockRange.IsInside(this, offset, (ulong)source.Length))
            return BlockStatus.OutOfRange;
        while (!source.IsEmpty)
        {
            int inner = (int)(offset % ChunkLength);
            int count = Math.Min(source.Length, ChunkLength - inner);
            source[..count].CopyTo(GetChunk(offset / ChunkLength).AsSpan(inner));
            source = source[count..];
            offset += (uint)count;
        }

        return BlockStatus.Ok;
    }

    /// <inheritdoc/>
    public BlockStatus Flush() => BlockStatus.Ok;

    /// <inheritdoc/>
    /// <remarks>Gives back the memory of whole chunks; the edges stay as they were.</remarks>
    public BlockStatus Discard(ulong offset, ulong length)
    {
        if (!BlockRange.IsInside(this, offset, length))
            return BlockStatus.OutOfRange;
        ulong end = (offset + length) / ChunkLength;
        for (ulong chunk = (offset + ChunkLength - 1) / ChunkLength; chunk < end; chunk++)
            Volatile.Write(ref _chunks[chunk], null);
        return BlockStatus.Ok;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("ramdisk", 1);
        writer.Write(Length);
        writer.Write(_chunks.Count(chunk => chunk is not null));
        for (int i = 0; i < _chunks.Length; i++)
        {
            if (_chunks[i] is not { } chunk)
                continue;
            writer.Write(i);
            writer.Write(chunk.AsSpan());
        }
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("ramdisk", 1);
        if (reader.ReadUInt64() != Length)
            throw new InvalidDataException("the RAM disk had another size");
        Array.Clear(_chunks);
        int count = reader.ReadInt32();
        for (int i = 0; i < count; i++)
        {
            int index = reader.ReadInt32();
            byte[] chunk = reader.ReadBytes();
            if ((uint)index >= (uint)_chunks.Length || chunk.Length != ChunkLength)
                throw new InvalidDataException($"chunk {index} of {chunk.Length} bytes in a RAM disk");
            _chunks[index] = chunk;
        }
    }

    private byte[] GetChunk(ulong index)
    {
        ref byte[]? place = ref _chunks[index];
        if (Volatile.Read(ref place) is { } chunk)
            return chunk;
        byte[] made = new byte[ChunkLength];
        return Interlocked.CompareExchange(ref place, made, null) ?? made;
    }
}
