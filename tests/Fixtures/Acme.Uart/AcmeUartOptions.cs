using System.ComponentModel;
using Dominion.Plugins;
using Dominion.Services;

namespace Acme.Uart;

/// <summary>What a manifest may say about the device.</summary>
public sealed record AcmeUartOptions
{
    [Description("The first of its eight I/O ports.")]
    [OptionRange(0, 0xfff8)]
    public ushort Port { get; init; } = 0x3f8;

    [Description("Its interrupt line.")]
    [OptionRange(0, 23)]
    public int Irq { get; init; } = 4;

    [PrimaryOption]
    [Description("What it is connected to.")]
    public ServiceReference<ICharacterStream> Stream { get; init; } = new("console");

    [Description("The modem lines as the far end holds them, in YAML: any of cts, dsr, ri, dcd.")]
    public string ModemLines { get; init; } = "{ cts: true, dsr: true, ri: false, dcd: true }";
}
