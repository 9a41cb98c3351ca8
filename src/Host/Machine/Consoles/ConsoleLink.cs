using Dominion.Services;

namespace Dominion.Host.Machine.Consoles;

/// <summary>One device's connection to a console.</summary>
internal sealed class ConsoleLink : ICharacterLink
{
    private readonly ConsoleStream _stream;
    private readonly Action<Action> _post;
    private readonly Action _deliver;

    internal ConsoleLink(ConsoleStream stream, ICharacterReceiver receiver, Action<Action> post)
    {
        _stream = stream;
        _post = post;
        Receiver = receiver;
        _deliver = () => _stream.Deliver(this);
    }

    internal ICharacterReceiver Receiver { get; }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes) => _stream.Show(bytes);

    /// <inheritdoc/>
    public void Ready() => _stream.Ready(this);

    /// <inheritdoc/>
    public void Dispose() => _stream.Disconnect(this);

    internal void PostDelivery() => _post(_deliver);
}
