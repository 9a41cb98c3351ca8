namespace Dominion.Devices.Pc.Iommu;

/// <summary>What the firmware tables have to tell about an IOMMU.</summary>
/// <param name="IoApic">The I/O APIC's requester id.</param>
/// <param name="Hpet">The HPET's requester id.</param>
internal sealed record RemappingUnit(ushort IoApic, ushort Hpet);
