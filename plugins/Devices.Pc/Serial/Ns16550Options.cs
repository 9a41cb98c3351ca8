using Dominion.Plugins;
using Dominion.Services;

namespace Dominion.Devices.Pc.Serial;

/// <summary>Where a UART is and what is behind it.</summary>
public sealed class Ns16550Options
{
    /// <summary>The character stream behind the UART; <c>console</c> is the domain's own console.</summary>
    [PrimaryOption]
    public ServiceReference<ICharacterStream> Stream { get; set; } = new("console");

    /// <summary>The first of eight I/O ports.</summary>
    [OptionRange(0, 0xFFF8)]
    public int Port { get; set; } = 0x3F8;

    /// <summary>The global system interrupt; for 0 to 15 the ISA IRQ.</summary>
    [OptionRange(0, 23)]
    public int Irq { get; set; } = 4;
}
