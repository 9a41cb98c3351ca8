using Dominion.Devices.Pc.Storage;
using System.Text;
using Dominion.Diagnostics;
using Dominion.Plugins;

namespace Dominion.Devices.Pc.Virtio;

/// <summary>Makes virtio block devices.</summary>
[Device("virtio-blk", Options = typeof(VirtioBlockOptions), Summary = "virtio 1.x block device on PCI")]
public sealed class VirtioBlockFactory : DeviceFactory<VirtioBlockOptions>
{
    private const uint MassStorageClass = 0x01_80_00;

    /// <inheritdoc/>
    protected override IDevice Create(IDeviceContext context, VirtioBlockOptions options)
    {
        string serial = options.Serial is { } given
            ? SerialNumber.Check(given, VirtioBlock.SerialLength)
            : SerialNumber.Check(context.Name, int.MaxValue);
        VirtioBlock device = new(context.Log, context.GetService(options.Disk), options.ReadOnly, serial);
        return new VirtioPciFunction(context, device, MassStorageClass);
    }
}
