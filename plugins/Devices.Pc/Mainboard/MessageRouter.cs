namespace Dominion.Devices.Pc.Mainboard;

/// <summary>Where devices send messages before the board has made the part that takes them.</summary>
internal sealed class MessageRouter : IMessageInterrupts
{
    /// <summary>Who takes the messages.</summary>
    public IMessageInterrupts? Target { get; set; }

    /// <inheritdoc/>
    public bool Send(ulong address, uint data) => Target?.Send(address, data) ?? false;
}
