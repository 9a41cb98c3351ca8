using Dominion.Plugins;

namespace Dominion.Devices.Pc.Firmware;

/// <summary>Where the debug exit port is.</summary>
public sealed class IsaDebugExitOptions
{
    /// <summary>The first of four I/O ports.</summary>
    [PrimaryOption]
    [OptionRange(0, 0xFFFC)]
    public int Port { get; set; } = 0xF4;
}
