using Dominion.Plugins;

namespace Dominion.Devices.Pc.Firmware;

/// <summary>Makes system control port A.</summary>
[Device("port92", Summary = "System control port A (0x92): fast reset, A20 gate always open")]
public sealed class SystemControlFactory : IDeviceFactory
{
    /// <inheritdoc/>
    public IDevice Create(IDeviceContext context, object? options) => new SystemControl(context);
}
