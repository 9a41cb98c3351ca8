using Dominion.Devices.Pc.Virtio;
using Dominion.Diagnostics;
using Dominion.Plugins;

namespace Dominion.Devices.Pc.Network;

/// <summary>Makes e1000 network cards.</summary>
[Device("e1000", Options = typeof(E1000Options), Summary = "Intel 82540EM gigabit network card (e1000)")]
public sealed class E1000Factory : DeviceFactory<E1000Options>
{
    private const ulong GroupBit = 1UL << 40;

    /// <inheritdoc/>
    protected override IDevice Create(IDeviceContext context, E1000Options options)
    {
        MacAddress address = options.Mac ?? VirtioNetworkFactory.GetDefaultAddress(context.DomainName, context.Name);
        if (address.Value == 0 || (address.Value & GroupBit) != 0)
            throw new DiagnosticException("DOM3106", $"{address} is no address of a station", "the first octet must be even, and not all octets 0");
        return new E1000(context, context.GetService(options.Segment), address);
    }
}
