namespace Dominion.Services.Local.Network;

/// <summary>A station's port of a switch, with the frames that wait for the station.</summary>
internal sealed class SwitchPort : INetworkLink
{
    private readonly EthernetSwitch _switch;
    private readonly INetworkReceiver _receiver;
    private readonly Action<Action> _post;
    private readonly Action _deliver;
    private readonly Frame[] _frames;

    // Guards what waits. Nothing is called under it.
    private readonly Lock _lock = new();
    private int _first;
    private int _count;
    private bool _scheduled;
    private bool _disposed;
    private long _delivered;
    private long _dropped;

    /// <summary>Makes a port.</summary>
    /// <param name="owner">The switch.</param>
    /// <param name="receiver">The station.</param>
    /// <param name="post">Runs an action where the station may be called.</param>
    /// <param name="queueLength">How many frames wait at most.</param>
    public SwitchPort(EthernetSwitch owner, INetworkReceiver receiver, Action<Action> post, int queueLength)
    {
        _switch = owner;
        _receiver = receiver;
        _post = post;
        _deliver = Deliver;
        _frames = new Frame[queueLength];
    }

    /// <summary>How many frames the station was given.</summary>
    public long Delivered => Volatile.Read(ref _delivered);

    /// <summary>How many frames for the station found no room.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> frame) => _switch.Forward(this, frame);

    /// <summary>Lets a frame wait for the station.</summary>
    /// <param name="bytes">The frame; copied.</param>
    public void Enqueue(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            if (_count == _frames.Length)
            {
                _dropped++;
                return;
            }

            ref Frame frame = ref _frames[(_first + _count) % _frames.Length];
            if (frame.Bytes is null || frame.Bytes.Length < bytes.Length)
                frame.Bytes = new byte[RoundUp(bytes.Length)];
            bytes.CopyTo(frame.Bytes);
            frame.Length = bytes.Length;
            _count++;
            if (_scheduled)
                return;
            _scheduled = true;
        }

        _post(_deliver);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _count = 0;
        }

        _switch.Remove(this);
    }

    // Ordinary frames share one size, so that a place's buffer is made once; beyond that the next power of two.
    private static int RoundUp(int length) => Math.Max(2048, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)length));

    // Gives the station what waited when this began; what came meanwhile takes another turn, so that a station is never called without end. A frame keeps its place until the station has taken it.
    private void Deliver()
    {
        int left;
        lock (_lock)
            left = _count;
        while (left-- > 0)
        {
            Frame frame;
            lock (_lock)
            {
                if (_disposed)
                    return;
                frame = _frames[_first];
            }

            _receiver.Receive(frame.Bytes.AsSpan(0, frame.Length));
            lock (_lock)
            {
                if (_disposed)
                    return;
                _first = (_first + 1) % _frames.Length;
                _count--;
                _delivered++;
            }
        }

        lock (_lock)
        {
            _scheduled = _count > 0;
            if (!_scheduled)
                return;
        }

        _post(_deliver);
    }

    private struct Frame
    {
        public byte[]? Bytes;
        public int Length;
    }
}
