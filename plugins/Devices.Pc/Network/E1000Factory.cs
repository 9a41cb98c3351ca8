using Dominion.Devices.Pc.Virtio;
using Dominion.Diagnostics;
using Dominion.Plugins;

namespace Dominion.Devices.Pc.Network;

/// <summary>Makes e1000 network cards.</summary>
[Device("e1000", Options = typeof(E1000Options), Summary = "Intel 82540EM gigabit network card (e1000)")]
public sealed class E1000Factory : DeviceFactory<E1000Options>
{
    /// <inheritdoc/>
    protected override IDevice Create(IDeviceContext context, E1000Options options)
    {
        MacAddress address = StationAddress.Choose(context, options.Mac);
        return new E1000(context, context.GetService(options.Segment), address);
    }
}
