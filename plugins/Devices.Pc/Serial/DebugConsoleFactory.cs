using Dominion.Plugins;

namespace Dominion.Devices.Pc.Serial;

/// <summary>Makes debug console ports.</summary>
[Device("debugcon", Options = typeof(DebugConsoleOptions), Summary = "Debug console port (0xE9)")]
public sealed class DebugConsoleFactory : DeviceFactory<DebugConsoleOptions>
{
    /// <inheritdoc/>
    protected override IDevice Create(IDeviceContext context, DebugConsoleOptions options) => new DebugConsole(context, options);
}
