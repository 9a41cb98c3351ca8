namespace Dominion.Services;

/// <summary>A stream of bytes in both directions, such as a terminal behind a UART.</summary>
public interface ICharacterStream
{
    /// <summary>Attaches the device's side. When several devices attach, what they send is merged and the last one that attached gets what is typed.</summary>
    /// <param name="receiver">Takes what is typed.</param>
    /// <param name="post">Runs an action soon where the receiver may be called: <see cref="Devices.IDeviceContext.Post"/>. The stream never calls the receiver in any other way.</param>
    /// <returns>The device's connection.</returns>
    ICharacterLink Connect(ICharacterReceiver receiver, Action<Action> post);
}
