using Dominion.Plugins;

namespace Dominion.Devices.Pc.Firmware;

/// <summary>Makes ACPI's fixed hardware.</summary>
[Device("acpi-pm", Summary = "ACPI fixed hardware: PM1 events and control, PM timer, reset register, power button")]
public sealed class AcpiPowerManagementFactory : IDeviceFactory
{
    /// <inheritdoc/>
    public IDevice Create(IDeviceContext context, object? options) => new AcpiPowerManagement(context);
}
