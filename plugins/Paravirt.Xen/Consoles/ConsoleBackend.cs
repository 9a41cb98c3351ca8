using Dominion.Services;

namespace Dominion.Paravirt.Xen.Consoles;

/// <summary>The backend of a domain's first console: the ring's other end is a character stream. Guarded by its own lock, under which only the stream is called.</summary>
internal sealed unsafe class ConsoleBackend : ICharacterReceiver, IDisposable
{
    private readonly ICharacterLink _link;
    private readonly Lock _lock = new();
    private byte* _page;
    private Action? _notify;

    /// <summary>Makes a backend without a ring.</summary>
    /// <param name="stream">What is behind it.</param>
    /// <param name="post">Runs an action soon under the domain's device lock.</param>
    public ConsoleBackend(ICharacterStream stream, Action<Action> post)
    {
        _link = stream.Connect(this, post);
    }

    /// <summary>Takes a domain's ring.</summary>
    /// <param name="page">The ring's host address.</param>
    /// <param name="notify">Tells the guest.</param>
    public void Connect(byte* page, Action notify)
    {
        lock (_lock)
        {
            _page = page;
            _notify = notify;
        }

        _link.Ready();
    }

    /// <summary>Lets the ring go.</summary>
    public void Disconnect()
    {
        lock (_lock)
            _page = null;
    }

    /// <summary>The guest has printed something, or made room.</summary>
    public void OnEvent()
    {
        Action? notify = null;
        lock (_lock)
        {
            if (_page != null && Print())
                notify = _notify;
        }

        notify?.Invoke();
        _link.Ready();
    }

    /// <summary>Writes past the ring.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes) => _link.Write(bytes);

    /// <inheritdoc/>
    public int Receive(ReadOnlySpan<byte> bytes)
    {
        int count;
        Action? notify;
        lock (_lock)
        {
            if (_page == null)
                return 0;
            uint producer = *(uint*)(_page + ConsoleRing.InputProducer);
            uint used = producer - Volatile.Read(ref *(uint*)(_page + ConsoleRing.InputConsumer));

            // An index that the guest has spoilt leaves no room.
            count = used > ConsoleRing.InputSize ? 0 : Math.Min(bytes.Length, (int)(ConsoleRing.InputSize - used));
            for (int i = 0; i < count; i++)
                _page[ConsoleRing.Input + (int)((producer + (uint)i) % ConsoleRing.InputSize)] = bytes[i];
            Volatile.Write(ref *(uint*)(_page + ConsoleRing.InputProducer), producer + (uint)count);
            notify = count > 0 ? _notify : null;
        }

        notify?.Invoke();
        return count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Disconnect();
        _link.Dispose();
    }

    private bool Print()
    {
        Span<byte> text = stackalloc byte[ConsoleRing.OutputSize];
        uint consumer = *(uint*)(_page + ConsoleRing.OutputConsumer);
        uint count = Volatile.Read(ref *(uint*)(_page + ConsoleRing.OutputProducer)) - consumer;
        if (count is 0 or > ConsoleRing.OutputSize)
            return false;
        for (int i = 0; i < (int)count; i++)
            text[i] = _page[ConsoleRing.Output + (int)((consumer + (uint)i) % ConsoleRing.OutputSize)];
        Volatile.Write(ref *(uint*)(_page + ConsoleRing.OutputConsumer), consumer + count);
        _link.Write(text[..(int)count]);
        return true;
    }
}
