using Dominion.Persistence;
using Dominion.Services;

namespace Dominion.Host.Machine.Consoles;

/// <summary>A domain's console. What its devices send goes to the output at once; what is typed waits until a device has room.</summary>
public sealed class ConsoleStream : ICharacterStream, IPersistent
{
    /// <summary>How many typed bytes wait at most.</summary>
    public const int Capacity = 64 << 10;

    private const int ChunkSize = 256;
    private const int HistoryLength = 16 << 10;
    private readonly IConsoleOutput _output;

    // Both are leaves to everything but the output, which is called under _outputGate. Order: a device lock, then one of these.
    private readonly Lock _outputGate = new();
    private readonly object _gate = new();
    private readonly byte[] _typed = new byte[Capacity];
    private readonly List<ConsoleLink> _links = [];
    private int _first;
    private int _count;
    private bool _delivering;
    private bool _closed;

    // Of the output's gate: who else sees what is shown, and what was shown last.
    private readonly List<IConsoleOutput> _watchers = [];
    private readonly byte[] _history = new byte[HistoryLength];
    private long _shown;

    /// <summary>Makes a console that no device is attached to.</summary>
    /// <param name="output">Takes what it shows.</param>
    public ConsoleStream(IConsoleOutput output)
    {
        _output = output;
    }

    /// <summary>How many typed bytes wait for a device.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
                return _count;
        }
    }

    /// <summary>Types bytes, as many as there is room for. Safe from any thread.</summary>
    /// <param name="bytes">What is typed.</param>
    /// <returns>How many bytes were taken.</returns>
    public int Type(ReadOnlySpan<byte> bytes)
    {
        ConsoleLink? receiver;
        int taken;
        lock (_gate)
        {
            taken = _closed ? bytes.Length : Math.Min(bytes.Length, Capacity - _count);
            if (_closed || taken == 0)
                return taken;
            int place = (_first + _count) % Capacity;
            int straight = Math.Min(taken, Capacity - place);
            bytes[..straight].CopyTo(_typed.AsSpan(place));
            bytes[straight..taken].CopyTo(_typed);
            _count += taken;
            receiver = StartDelivery();
        }
        receiver?.PostDelivery();
        return taken;
    }

    /// <summary>Types all bytes; waits while there is no room.</summary>
    /// <param name="bytes">What is typed.</param>
    public void TypeAll(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            bytes = bytes[Type(bytes)..];
            if (bytes.IsEmpty)
                return;
            lock (_gate)
            {
                while (_count == Capacity && !_closed)
                    Monitor.Wait(_gate);
            }
        }
    }

    /// <summary>Shows somebody else too what is shown, beginning with what was shown last: 16 KiB of it at most.</summary>
    /// <param name="watcher">Takes it; under a lock, as every output.</param>
    /// <returns>Dispose it to show no more.</returns>
    public IDisposable Watch(IConsoleOutput watcher)
    {
        ArgumentNullException.ThrowIfNull(watcher);
        lock (_outputGate)
        {
            int place = (int)(_shown % HistoryLength);
            if (_shown > HistoryLength)
                watcher.Write(_history.AsSpan(place));
            watcher.Write(_history.AsSpan(0, place));
            _watchers.Add(watcher);
        }
        return new Watching(this, watcher);
    }

    /// <inheritdoc/>
    public ICharacterLink Connect(ICharacterReceiver receiver, Action<Action> post)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        ArgumentNullException.ThrowIfNull(post);
        ConsoleLink link = new(this, receiver, post);
        ConsoleLink? next;
        lock (_gate)
        {
            _links.Add(link);
            _delivering = false;
            next = StartDelivery();
        }
        next?.PostDelivery();
        return link;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("console", 1);
        lock (_gate)
        {
            byte[] waiting = new byte[_count];
            Peek(waiting);
            writer.Write(waiting);
        }
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("console", 1);
        byte[] waiting = reader.ReadBytes();
        if (waiting.Length > Capacity)
            throw new InvalidDataException($"{waiting.Length} bytes wait at a console that holds {Capacity}");
        ConsoleLink? next;
        lock (_gate)
        {
            waiting.CopyTo(_typed, 0);
            _first = 0;
            _count = waiting.Length;
            _delivering = false;
            next = StartDelivery();
        }
        next?.PostDelivery();
    }

    /// <summary>Forgets what is typed from now on, and lets go whoever waits to type. The domain has ended.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _count = 0;
            Monitor.PulseAll(_gate);
        }
    }

    internal void Show(ReadOnlySpan<byte> bytes)
    {
        lock (_outputGate)
        {
            _output.Write(bytes);
            foreach (IConsoleOutput watcher in _watchers)
                watcher.Write(bytes);
            Remember(bytes);
        }
    }

    internal void Ready(ConsoleLink link)
    {
        ConsoleLink? next;
        lock (_gate)
            next = _links.Count > 0 && ReferenceEquals(_links[^1], link) ? StartDelivery() : null;
        next?.PostDelivery();
    }

    internal void Disconnect(ConsoleLink link)
    {
        ConsoleLink? next = null;
        lock (_gate)
        {
            bool wasReceiver = _links.Count > 0 && ReferenceEquals(_links[^1], link);
            if (!_links.Remove(link))
                return;
            if (wasReceiver)
            {
                _delivering = false;
                next = StartDelivery();
            }
        }
        next?.PostDelivery();
    }

    /// <summary>Offers what waits to a link's receiver. Runs where the link's post runs things: one call at a time.</summary>
    internal void Deliver(ConsoleLink link)
    {
        Span<byte> chunk = stackalloc byte[ChunkSize];
        while (true)
        {
            int offered;
            lock (_gate)
            {
                if (_links.Count == 0 || !ReferenceEquals(_links[^1], link))
                    return;
                offered = Peek(chunk);
                if (offered == 0)
                {
                    _delivering = false;
                    return;
                }
                // From here on a Ready is not lost: it posts another delivery.
                _delivering = false;
            }

            int taken = Math.Clamp(link.Receiver.Receive(chunk[..offered]), 0, offered);
            lock (_gate)
            {
                taken = Math.Min(taken, _count);
                _first = (_first + taken) % Capacity;
                _count -= taken;
                Monitor.PulseAll(_gate);
                if (taken < offered)
                    return;
                _delivering = true;
            }
        }
    }

    private void Remember(ReadOnlySpan<byte> bytes)
    {
        _shown += bytes.Length;
        bytes = bytes[^Math.Min(bytes.Length, HistoryLength)..];
        int place = (int)((_shown - bytes.Length) % HistoryLength);
        int straight = Math.Min(bytes.Length, HistoryLength - place);
        bytes[..straight].CopyTo(_history.AsSpan(place));
        bytes[straight..].CopyTo(_history);
    }

    private ConsoleLink? StartDelivery()
    {
        if (_delivering || _count == 0 || _links.Count == 0)
            return null;
        _delivering = true;
        return _links[^1];
    }

    private int Peek(Span<byte> destination)
    {
        int count = Math.Min(destination.Length, _count);
        int straight = Math.Min(count, Capacity - _first);
        _typed.AsSpan(_first, straight).CopyTo(destination);
        _typed.AsSpan(0, count - straight).CopyTo(destination[straight..]);
        return count;
    }

    private sealed class Watching(ConsoleStream console, IConsoleOutput watcher) : IDisposable
    {
        public void Dispose()
        {
            lock (console._outputGate)
                console._watchers.Remove(watcher);
        }
    }
}
