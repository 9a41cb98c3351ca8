using Dominion.Plugins;
using Dominion.Services;

namespace Dominion.Devices.Pc.Serial;

/// <summary>Where a debug console port is and what is behind it.</summary>
public sealed class DebugConsoleOptions
{
    /// <summary>The character stream that takes the bytes; <c>console</c> is the domain's own console.</summary>
    [PrimaryOption]
    public ServiceReference<ICharacterStream> Stream { get; set; } = new("console");

    /// <summary>The I/O port: 0xE9 by Bochs's custom, 0x402 by SeaBIOS's.</summary>
    [OptionRange(0, 0xFFFF)]
    public int Port { get; set; } = 0xE9;
}
