using Dominion.Plugins;

namespace Dominion.Devices.Pc.Firmware;

/// <summary>Makes firmware configuration devices.</summary>
[Device("fw-cfg", Summary = "Firmware configuration device (fw_cfg): memory map, processors and ACPI root pointer for SeaBIOS")]
public sealed class FirmwareConfigurationFactory : IDeviceFactory
{
    /// <inheritdoc/>
    public IDevice Create(IDeviceContext context, object? options) => new FirmwareConfiguration(context);
}
