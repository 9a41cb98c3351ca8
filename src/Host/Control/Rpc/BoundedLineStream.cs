namespace Dominion.Host.Control.Rpc;

/// <summary>A connection on which the other end may send lines up to a limit; a longer one ends it before it fills memory.</summary>
internal sealed class BoundedLineStream(Stream stream) : Stream
{
    /// <summary>The most bytes of a line.</summary>
    internal const int LongestLine = 1 << 20;

    private int _length;
    private long _written;

    /// <summary>How many lines have gone out.</summary>
    internal long LinesWritten => Volatile.Read(ref _written);

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Count(buffer.AsSpan(offset, stream.Read(buffer, offset, count)));

    /// <inheritdoc/>
    public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        await ReadAsync(buffer.AsMemory(offset, count), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        return Count(buffer.Span[..count]);
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count)
    {
        stream.Write(buffer, offset, count);
        CountLines(buffer.AsSpan(offset, count));
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await stream.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        CountLines(buffer.Span);
    }

    /// <inheritdoc/>
    public override void Flush() => stream.Flush();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => stream.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            stream.Dispose();
        base.Dispose(disposing);
    }

    private void CountLines(ReadOnlySpan<byte> written) => Interlocked.Add(ref _written, written.Count((byte)'\n'));

    private int Count(ReadOnlySpan<byte> read)
    {
        int end = read.LastIndexOf((byte)'\n');
        _length = end < 0 ? _length + read.Length : read.Length - end - 1;
        return _length <= LongestLine ? read.Length : throw new IOException($"a line is longer than {LongestLine} bytes");
    }
}
