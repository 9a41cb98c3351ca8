using Dominion.Plugins;

namespace Dominion.Devices.Pc.Iommu;

/// <summary>Makes Intel IOMMUs.</summary>
[Device("intel-iommu", Options = typeof(IntelIommuOptions), Summary = "IOMMU (Intel VT-d) at 0xFED90000 for the slot 'iommu': DMA and interrupt remapping of every PCI function, the I/O APIC and the HPET")]
public sealed class IntelIommuFactory : DeviceFactory<IntelIommuOptions>
{
    /// <inheritdoc/>
    protected override IDevice Create(IDeviceContext context, IntelIommuOptions options) => new IntelIommu(context, options);
}
