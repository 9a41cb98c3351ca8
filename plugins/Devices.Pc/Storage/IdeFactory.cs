using Dominion.Plugins;

namespace Dominion.Devices.Pc.Storage;

/// <summary>Makes IDE controllers.</summary>
[Device("ide", Options = typeof(IdeOptions), Summary = "IDE controller (PIIX4) with hard disks and CD-ROM drives")]
public sealed class IdeFactory : DeviceFactory<IdeOptions>
{
    /// <inheritdoc/>
    protected override IDevice Create(IDeviceContext context, IdeOptions options) => new IdeController(context, options);
}
