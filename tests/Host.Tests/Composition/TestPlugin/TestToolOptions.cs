using System.ComponentModel;
using Dominion.Plugins;

namespace Dominion.Host.Tests.Composition.TestPlugin;

public sealed record TestToolOptions
{
    [RequiredOption]
    public string Name { get; init; } = "";

    [Description("how often")]
    [OptionRange(1, 9)]
    public int Times { get; init; } = 1;

    public IReadOnlyList<string> Words { get; init; } = [];
}
