using Dominion.Plugins;
using Dominion.Services;

namespace Dominion.Host.Tests.Composition.TestPlugin;

public sealed record TestBackendOptions
{
    [PrimaryOption]
    [RequiredOption]
    public ServiceReference<IBlockStore> Disk { get; init; }

    /// <summary>The device's number; negative for one that the plugin must not give, null for the next.</summary>
    public int? Number { get; init; }
}
