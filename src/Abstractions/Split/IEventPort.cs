namespace Dominion.Split;

/// <summary>A backend's end of an event channel; dispose it to close it.</summary>
public interface IEventPort : IDisposable
{
    /// <summary>Sends an event to the frontend. Safe from any thread; one that was closed sends nothing.</summary>
    void Notify();
}
