namespace Dominion.Devices.Pc.Pci;

/// <summary>Which host bridge a guest finds at 00:00.0.</summary>
public enum PciHostChipset
{
    /// <summary>A PCI Express host bridge that is known by its class alone, with no quirk of a real chipset attached to its id.</summary>
    Generic,

    /// <summary>An Intel 440FX, whose attribute registers firmware knows how to program when it copies itself to RAM.</summary>
    I440fx,
}
