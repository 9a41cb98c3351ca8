using System.ComponentModel;
using Dominion.Plugins;

namespace Dominion.Devices.Pc.Pci;

/// <summary>The options of the PCI host bridge.</summary>
public sealed class PciHostOptions
{
    /// <summary>Which host bridge the guest finds.</summary>
    [PrimaryOption]
    [Description("which host bridge the guest finds")]
    public PciHostChipset Chipset { get; set; }
}
