using Dominion.Plugins;

namespace Dominion.Devices.Pc.Timers;

/// <summary>Makes high precision event timers.</summary>
[Device("hpet", Summary = "High precision event timers at 0xFED00000: three, 64 bits, 100 MHz")]
public sealed class HpetFactory : IDeviceFactory
{
    /// <inheritdoc/>
    public IDevice Create(IDeviceContext context, object? options) => new Hpet(context);
}
