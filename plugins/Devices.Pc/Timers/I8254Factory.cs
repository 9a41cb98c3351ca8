using Dominion.Plugins;

namespace Dominion.Devices.Pc.Timers;

/// <summary>Makes the PC's programmable interval timer.</summary>
[Device("i8254", Summary = "8254 programmable interval timer and system control port B")]
public sealed class I8254Factory : IDeviceFactory
{
    /// <inheritdoc/>
    public IDevice Create(IDeviceContext context, object? options) => new I8254(context);
}
