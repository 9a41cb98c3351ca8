using Dominion.Domains;
using Dominion.Plugins;

namespace Dominion.Host.Tests.Composition.TestPlugin;

[DomainType("split")]
public sealed class SplitDomainFactory : IDomainTypeFactory
{
    public bool UsesBoard => false;

    public bool UsesSplitDevices => true;

    public IDomain Create(IDomainContext context, object? options) => throw new InvalidOperationException("composition makes no domain");
}
