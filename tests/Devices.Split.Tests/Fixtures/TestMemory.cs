using System.Buffers.Binary;
using Dominion.Split;

namespace Dominion.Devices.Split.Tests.Fixtures;

/// <summary>Pages of a test's frontend, as a backend maps them.</summary>
internal sealed class TestMemory(byte[][] pages, bool isWritable, Action onEnded) : IGrantedMemory
{
    private const int PageSize = 4096;
    private bool _ended;

    public int Length => pages.Length * PageSize;

    public bool IsWritable => isWritable;

    public void Read(int offset, Span<byte> destination)
    {
        Check(offset, destination.Length);
        for (int i = 0; i < destination.Length; i++)
            destination[i] = pages[(offset + i) / PageSize][(offset + i) % PageSize];
    }

    public void Write(int offset, ReadOnlySpan<byte> source)
    {
        Check(offset, source.Length);
        Assert.True(isWritable);
        for (int i = 0; i < source.Length; i++)
            pages[(offset + i) / PageSize][(offset + i) % PageSize] = source[i];
    }

    public uint ReadUInt32(int offset)
    {
        Span<byte> bytes = stackalloc byte[4];
        Read(offset, bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    public void WriteUInt32(int offset, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        Write(offset, bytes);
    }

    public void Dispose()
    {
        if (!_ended)
            onEnded();
        _ended = true;
    }

    private void Check(int offset, int length)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - offset);
    }
}
