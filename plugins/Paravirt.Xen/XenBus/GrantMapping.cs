using Dominion.Memory;
using Dominion.Split;

namespace Dominion.Paravirt.Xen.XenBus;

/// <summary>Granted frames in use by a backend. Its lock is held around every access, so that none touches a frame when <see cref="Dispose"/> has returned.</summary>
internal sealed unsafe class GrantMapping : IGrantedMemory
{
    private readonly GrantUse _use;
    private readonly GrantedFrame[] _frames;
    private readonly Action<GrantMapping> _onEnded;

    // Order: this, then the domain's paging lock.
    private readonly Lock _lock = new();
    private bool _ended;

    /// <summary>Takes uses over.</summary>
    /// <param name="use">Where they were begun.</param>
    /// <param name="frames">The frames in order; all writable or none.</param>
    /// <param name="onEnded">Told once when the mapping has ended.</param>
    public GrantMapping(GrantUse use, GrantedFrame[] frames, Action<GrantMapping> onEnded)
    {
        _use = use;
        _frames = frames;
        _onEnded = onEnded;
    }

    /// <inheritdoc/>
    public int Length => _frames.Length << FrameRange.FrameShift;

    /// <inheritdoc/>
    public bool IsWritable => _frames[0].IsWritable;

    /// <inheritdoc/>
    public void Read(int offset, Span<byte> destination)
    {
        CheckRange(offset, destination.Length);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_ended, this);
            while (!destination.IsEmpty)
            {
                int start = offset & (FrameRange.FrameSize - 1);
                int count = Math.Min(destination.Length, FrameRange.FrameSize - start);

                // Safe: the range is inside the frames, which the uses hold while the lock is.
                new ReadOnlySpan<byte>(_use.Page(_frames[offset >> FrameRange.FrameShift]) + start, count).CopyTo(destination);
                destination = destination[count..];
                offset += count;
            }
        }
    }

    /// <inheritdoc/>
    public void Write(int offset, ReadOnlySpan<byte> source)
    {
        CheckRange(offset, source.Length);
        CheckWritable();
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_ended, this);
            while (!source.IsEmpty)
            {
                int start = offset & (FrameRange.FrameSize - 1);
                int count = Math.Min(source.Length, FrameRange.FrameSize - start);
                ref readonly GrantedFrame frame = ref _frames[offset >> FrameRange.FrameShift];

                // Safe: as in Read.
                source[..count].CopyTo(new Span<byte>(_use.Page(frame) + start, count));
                _use.NotifyWrite(frame, start, count);
                source = source[count..];
                offset += count;
            }
        }
    }

    /// <inheritdoc/>
    public uint ReadUInt32(int offset)
    {
        CheckWord(offset);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_ended, this);
            return Volatile.Read(ref Word(offset));
        }
    }

    /// <inheritdoc/>
    public void WriteUInt32(int offset, uint value)
    {
        CheckWord(offset);
        CheckWritable();
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_ended, this);
            Volatile.Write(ref Word(offset), value);
            _use.NotifyWrite(_frames[offset >> FrameRange.FrameShift], offset & (FrameRange.FrameSize - 1), sizeof(uint));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_ended)
                return;
            _ended = true;
            foreach (ref readonly GrantedFrame frame in _frames.AsSpan())
                _use.End(frame);
        }

        _onEnded(this);
    }

    // Safe: the offset is a multiple of 4 inside the frames; called under the lock while the uses last.
    private ref uint Word(int offset) => ref *(uint*)(_use.Page(_frames[offset >> FrameRange.FrameShift]) + (offset & (FrameRange.FrameSize - 1)));

    private void CheckRange(int offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - offset);
    }

    private void CheckWord(int offset)
    {
        CheckRange(offset, sizeof(uint));
        ArgumentOutOfRangeException.ThrowIfNotEqual(offset & 3, 0, nameof(offset));
    }

    private void CheckWritable()
    {
        if (!IsWritable)
            throw new InvalidOperationException("the frames are mapped for reading only");
    }
}
