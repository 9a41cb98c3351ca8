using Dominion.Plugins;

namespace Dominion.Devices.Pc.Interrupts;

/// <summary>Makes I/O APICs.</summary>
[Device("ioapic", Summary = "I/O APIC with 24 inputs at 0xFEC00000")]
public sealed class IoApicFactory : IDeviceFactory
{
    /// <inheritdoc/>
    public IDevice Create(IDeviceContext context, object? options) => new IoApic(context);
}
