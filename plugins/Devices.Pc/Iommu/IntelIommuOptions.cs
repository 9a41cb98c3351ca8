using System.ComponentModel;

namespace Dominion.Devices.Pc.Iommu;

/// <summary>The options of <c>intel-iommu</c>.</summary>
public sealed class IntelIommuOptions
{
    /// <summary>Whether interrupts can be remapped to 32-bit APIC ids (extended interrupt mode), which x2APIC wants.</summary>
    [Description("whether interrupts can be remapped to 32-bit APIC ids (extended interrupt mode), which x2APIC wants")]
    public bool Eim { get; set; } = true;

    /// <summary>The id by which the I/O APIC's interrupt requests are known, as firmware sets it in the chipset and tells it in the DMAR table.</summary>
    [Description("the id by which the I/O APIC's interrupt requests are known: bus:device.function, hexadecimal")]
    public string Ioapic { get; set; } = "f0:1f.0";

    /// <summary>The id by which the HPET's interrupt requests are known.</summary>
    [Description("the id by which the HPET's interrupt requests are known: bus:device.function, hexadecimal")]
    public string Hpet { get; set; } = "f0:0f.0";
}
