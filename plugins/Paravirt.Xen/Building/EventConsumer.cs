namespace Dominion.Paravirt.Xen.Building;

/// <summary>Takes the events of a port of Domain-0 for a backend that is made after the port.</summary>
internal sealed class EventConsumer
{
    /// <summary>The backend's handler.</summary>
    public Action? Handler { get; set; }

    /// <summary>Handles an event; one that comes before the backend is there is seen by it when it starts.</summary>
    public void Handle() => Handler?.Invoke();
}
