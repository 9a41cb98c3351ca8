using Dominion.Services;

namespace Dominion.Devices.Split.Tests.Fixtures;

/// <summary>A disk in memory that keeps a record of what it was asked.</summary>
internal sealed class TestDisk(int sectors, int sectorSize = 512) : IBlockStore
{
    public byte[] Content { get; } = new byte[sectors * sectorSize];

    public List<string> Calls { get; } = [];

    public BlockStatus Answer { get; set; }

    public int SectorSize => sectorSize;

    public ulong Length => (ulong)Content.Length;

    public bool IsReadOnly { get; set; }

    public BlockStatus Read(ulong offset, Span<byte> destination)
    {
        Check(offset, (ulong)destination.Length);
        Calls.Add($"read {offset} {destination.Length}");
        Content.AsSpan((int)offset, destination.Length).CopyTo(destination);
        return Answer;
    }

    public BlockStatus Write(ulong offset, ReadOnlySpan<byte> source)
    {
        Check(offset, (ulong)source.Length);
        Assert.False(IsReadOnly);
        Calls.Add($"write {offset} {source.Length}");
        if (Answer == BlockStatus.Ok)
            source.CopyTo(Content.AsSpan((int)offset));
        return Answer;
    }

    public BlockStatus Flush()
    {
        Calls.Add("flush");
        return Answer;
    }

    public BlockStatus Discard(ulong offset, ulong length)
    {
        Check(offset, length);
        Calls.Add($"discard {offset} {length}");
        return Answer;
    }

    // A backend asks for nothing that is not inside and of whole sectors.
    private void Check(ulong offset, ulong length)
    {
        Assert.True(length > 0 && offset % (ulong)sectorSize == 0 && length % (ulong)sectorSize == 0);
        Assert.True(offset <= Length && length <= Length - offset);
    }
}
