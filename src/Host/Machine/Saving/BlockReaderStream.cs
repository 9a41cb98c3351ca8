using System.Buffers.Binary;

namespace Dominion.Host.Machine.Saving;

/// <summary>Reads a section's blocks as one run of bytes.</summary>
internal sealed class BlockReaderStream(Stream input) : Stream
{
    private int _left;
    private bool _hasEnded;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || !HasMore())
            return 0;
        int count = input.Read(buffer[..Math.Min(buffer.Length, _left)]);
        if (count == 0)
            throw new InvalidDataException("a section's block ends early");
        _left -= count;
        return count;
    }

    /// <summary>Goes to the end of the section.</summary>
    internal void Skip()
    {
        byte[] buffer = new byte[4096];
        while (Read(buffer) > 0)
        {
            // What is left of a section that the reader has no use for.
        }
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
        // Nothing is written.
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private bool HasMore()
    {
        if (_left > 0 || _hasEnded)
            return !_hasEnded;
        Span<byte> length = stackalloc byte[sizeof(int)];
        if (input.ReadAtLeast(length, length.Length, throwOnEndOfStream: false) != length.Length)
            throw new InvalidDataException("a section ends early");
        _left = BinaryPrimitives.ReadInt32LittleEndian(length);
        if (_left is < 0 or > MachineFileFormat.LongestBlock)
            throw new InvalidDataException($"a block of {_left} bytes");
        _hasEnded = _left == 0;
        return !_hasEnded;
    }
}
