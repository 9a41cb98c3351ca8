using Dominion.Plugins;

namespace Dominion.Devices.Pc.Interrupts;

/// <summary>Makes the local APICs of a domain's processors.</summary>
[Device("lapic", Summary = "Local APICs (xAPIC and x2APIC), one for each vCPU")]
public sealed class LocalApicFactory : IDeviceFactory
{
    /// <inheritdoc/>
    public IDevice Create(IDeviceContext context, object? options) => new LocalApicFabric(context);
}
