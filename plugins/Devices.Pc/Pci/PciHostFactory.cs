using Dominion.Plugins;

namespace Dominion.Devices.Pc.Pci;

/// <summary>Makes the board's PCI host bridge.</summary>
[Device("pci-host", Summary = "PCI Express root bus with its host bridge: configuration mechanism 1 and ECAM")]
public sealed class PciHostFactory : IDeviceFactory
{
    /// <inheritdoc/>
    public IDevice Create(IDeviceContext context, object? options) => new PciHost(context);
}
