using Dominion.Plugins;

namespace Dominion.Devices.Pc.Timers;

/// <summary>Makes real-time clocks.</summary>
[Device("mc146818", Summary = "MC146818 real-time clock with CMOS RAM")]
public sealed class Mc146818Factory : IDeviceFactory
{
    /// <inheritdoc/>
    public IDevice Create(IDeviceContext context, object? options) => new Mc146818(context);
}
