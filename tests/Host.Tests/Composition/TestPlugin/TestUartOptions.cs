using System.ComponentModel;
using Dominion.Plugins;
using Dominion.Services;

namespace Dominion.Host.Tests.Composition.TestPlugin;

public sealed record TestUartOptions
{
    [RequiredOption]
    [Description("The first port.")]
    public ushort Port { get; init; }

    [OptionRange(0, 23)]
    public int Irq { get; init; } = 4;

    [PrimaryOption]
    public ServiceReference<ICharacterStream>? Stream { get; init; }
}
