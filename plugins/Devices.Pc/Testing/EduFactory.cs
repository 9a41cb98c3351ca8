using Dominion.Plugins;

namespace Dominion.Devices.Pc.Testing;

/// <summary>Makes educational devices.</summary>
[Device("edu", Options = typeof(EduOptions), Summary = "Educational PCI device 1234:11e8: liveness, factorial, interrupts by pin or MSI, a DMA engine with a buffer of 4 KiB")]
public sealed class EduFactory : DeviceFactory<EduOptions>
{
    /// <inheritdoc/>
    protected override IDevice Create(IDeviceContext context, EduOptions options) => new Edu(context, options);
}
