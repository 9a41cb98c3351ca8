using Dominion.Paravirt.Xen.EventChannels;
using Dominion.Split;

namespace Dominion.Paravirt.Xen.XenBus;

/// <summary>A backend's end of an event channel. Events come on any thread and are handled once where the device is called, however many there were.</summary>
/// <param name="channels">The event channels of the backend's domain.</param>
/// <param name="connection">Runs the handler.</param>
/// <param name="onEvent">The backend's handler.</param>
internal sealed class EventPort(EventChannelTable channels, FrontendConnection connection, Func<bool> onEvent) : IEventPort
{
    private int _scheduled;
    private int _closed;

    /// <summary>The backend's port; set when it is bound.</summary>
    public uint Port { get; set; }

    /// <summary>An event came, or there is more to do.</summary>
    public void Schedule()
    {
        if (Interlocked.Exchange(ref _scheduled, 1) == 0)
            connection.Post(Run);
    }

    /// <inheritdoc/>
    public void Notify()
    {
        if (Volatile.Read(ref _closed) == 0)
            channels.Send(Port);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
            channels.Close(Port);
    }

    private void Run()
    {
        // Before the handler looks: an event that comes while it does runs it again.
        Interlocked.Exchange(ref _scheduled, 0);
        if (Volatile.Read(ref _closed) == 0 && connection.Try(onEvent))
            Schedule();
    }
}
