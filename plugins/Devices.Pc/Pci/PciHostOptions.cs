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

    /// <summary>Whether bits 1–0 of CONFIG_ADDRESS are part of the register number, as on the bridges of QEMU, instead of 0, as PCI Local Bus 3.0, 3.2.2.3.2 has it. For software that was only ever run there.</summary>
    [Description("whether bits 1-0 of CONFIG_ADDRESS are part of the register number, as on QEMU's bridges, instead of 0, as the specification has it")]
    public bool WholeRegisterNumber { get; set; }
}
