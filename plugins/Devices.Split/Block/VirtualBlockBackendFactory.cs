using Dominion.Plugins;
using Dominion.Split;

namespace Dominion.Devices.Split.Block;

/// <summary>Makes the backends of virtual block devices.</summary>
[Backend("vbd", Options = typeof(VirtualBlockOptions), Summary = "block device: a disk for a frontend such as Linux's xen-blkfront")]
public sealed class VirtualBlockBackendFactory : BackendFactory<VirtualBlockOptions>
{
    /// <inheritdoc/>
    public override string DeviceClass => "vbd";

    /// <inheritdoc/>
    protected override int GetDeviceNumber(VirtualBlockOptions options, int index)
    {
        ArgumentNullException.ThrowIfNull(options);
        return VirtualDevice.Parse(options.Target ?? VirtualDevice.NameOf(index));
    }

    /// <inheritdoc/>
    protected override IBackend Create(IBackendContext context, VirtualBlockOptions options)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(options);
        return new BlockBackend(context.GetService(options.Disk), options, context.DeviceNumber);
    }
}
