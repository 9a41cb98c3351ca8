using Dominion.Services;

namespace Dominion.Devices.Pc.Tests.Virtio;

/// <summary>A disk in an array that checks its caller.</summary>
internal sealed class TestDisk(int length, int sectorSize = 512, bool readOnly = false) : IBlockStore
{
    public byte[] Bytes { get; } = new byte[length];

    public int SectorSize => sectorSize;

    public ulong Length => (ulong)Bytes.Length;

    public bool IsReadOnly => readOnly;

    public int Flushes { get; private set; }

    public List<(ulong Offset, ulong Length)> Discards { get; } = [];

    public BlockStatus Next { get; set; } = BlockStatus.Ok;

    public BlockStatus Read(ulong offset, Span<byte> destination)
    {
        Check(offset, (ulong)destination.Length);
        if (Next == BlockStatus.Ok)
            Bytes.AsSpan((int)offset, destination.Length).CopyTo(destination);
        return Next;
    }

    public BlockStatus Write(ulong offset, ReadOnlySpan<byte> source)
    {
        Check(offset, (ulong)source.Length);
        Assert.False(readOnly);
        if (Next == BlockStatus.Ok)
            source.CopyTo(Bytes.AsSpan((int)offset));
        return Next;
    }

    public BlockStatus Flush()
    {
        Flushes++;
        return Next;
    }

    public BlockStatus Discard(ulong offset, ulong length)
    {
        Check(offset, length);
        Discards.Add((offset, length));
        return Next;
    }

    private void Check(ulong offset, ulong length)
    {
        Assert.True(offset % (uint)sectorSize == 0 && length % (uint)sectorSize == 0 && offset + length <= Length);
    }
}
