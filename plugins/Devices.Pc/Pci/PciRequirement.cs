using Dominion.Devices.Pci;
using Dominion.Diagnostics;

namespace Dominion.Devices.Pc.Pci;

/// <summary>What a PCI device asks of its board.</summary>
internal static class PciRequirement
{
    /// <summary>Gives the board's PCI bus.</summary>
    /// <param name="context">What the board gives the device.</param>
    /// <returns>The bus.</returns>
    /// <exception cref="DiagnosticException">The board has none.</exception>
    public static IPciBus Bus(IDeviceContext context) =>
        context.Pci ?? throw new DiagnosticException("DOM3210", $"'{context.Name}' is a PCI device, and the board has no PCI bus", "put a pci-host on the board");
}
