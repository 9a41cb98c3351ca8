namespace Dominion.Services;

/// <summary>An Ethernet segment that network devices attach to.</summary>
public interface INetworkSegment
{
    /// <summary>Attaches a station.</summary>
    /// <param name="receiver">Takes the frames for the station.</param>
    /// <param name="post">Runs an action soon where the receiver may be called: <see cref="Devices.IDeviceContext.Post"/>. The segment never calls the receiver in any other way.</param>
    /// <returns>The link; dispose it to detach.</returns>
    INetworkLink Connect(INetworkReceiver receiver, Action<Action> post);
}
