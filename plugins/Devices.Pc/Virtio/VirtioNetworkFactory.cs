using Dominion.Devices.Pc.Network;
using Dominion.Plugins;

namespace Dominion.Devices.Pc.Virtio;

/// <summary>Makes virtio network devices.</summary>
[Device("virtio-net", Options = typeof(VirtioNetworkOptions), Summary = "virtio 1.x network device on PCI")]
public sealed class VirtioNetworkFactory : DeviceFactory<VirtioNetworkOptions>
{
    private const uint EthernetClass = 0x02_00_00;

    /// <inheritdoc/>
    protected override IDevice Create(IDeviceContext context, VirtioNetworkOptions options)
    {
        MacAddress address = StationAddress.Choose(context, options.Mac);
        VirtioNetwork device = new(context.Log, context.GetService(options.Segment), address, context.Post);
        return new VirtioPciFunction(context, device, EthernetClass);
    }
}
