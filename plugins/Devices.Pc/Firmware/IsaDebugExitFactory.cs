using Dominion.Plugins;

namespace Dominion.Devices.Pc.Firmware;

/// <summary>Makes debug exit ports.</summary>
[Device("isa-debug-exit", Options = typeof(IsaDebugExitOptions), Summary = "Port that ends the domain with a code (0xF4)")]
public sealed class IsaDebugExitFactory : DeviceFactory<IsaDebugExitOptions>
{
    /// <inheritdoc/>
    protected override IDevice Create(IDeviceContext context, IsaDebugExitOptions options) => new IsaDebugExit(context, options);
}
