using Dominion.Plugins;

namespace Dominion.Host.Tests.Composition.TestPlugin;

public sealed record TestNicQueue
{
    [OptionRange(1, 1024)]
    public int Length { get; init; } = 256;

    public bool Paused { get; init; }
}
