using Dominion.Plugins;

namespace Dominion.Devices.Pc.Pci;

/// <summary>Makes the board's PCI host bridge.</summary>
[Device("pci-host", Options = typeof(PciHostOptions), Summary = "PCI Express root bus with its host bridge: configuration mechanism 1 and ECAM")]
public sealed class PciHostFactory : DeviceFactory<PciHostOptions>
{
    /// <inheritdoc/>
    protected override IDevice Create(IDeviceContext context, PciHostOptions options) => new PciHost(context, options);
}
