using Dominion.Plugins;
using Dominion.Services;
using Dominion.Split;

namespace Dominion.Devices.Split.Network;

/// <summary>Makes the backends of virtual network interfaces.</summary>
[Backend("vif", Options = typeof(VirtualInterfaceOptions), Summary = "network interface: a station for a frontend such as Linux's xen-netfront")]
public sealed class VirtualInterfaceBackendFactory : BackendFactory<VirtualInterfaceOptions>
{
    /// <inheritdoc/>
    public override string DeviceClass => "vif";

    /// <inheritdoc/>
    protected override IBackend Create(IBackendContext context, VirtualInterfaceOptions options)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(options);
        INetworkSegment segment = context.GetService(options.Segment);
        return new NetworkBackend(context, segment, StationAddress.Choose(context, options.Mac), options.Queues);
    }
}
