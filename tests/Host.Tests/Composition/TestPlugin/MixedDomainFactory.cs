using Dominion.Domains;
using Dominion.Plugins;

namespace Dominion.Host.Tests.Composition.TestPlugin;

[DomainType("mixed")]
public sealed class MixedDomainFactory : IDomainTypeFactory
{
    public bool UsesBoard => true;

    public bool UsesSplitDevices => true;

    public IDomain Create(IDomainContext context, object? options) => throw new InvalidOperationException("composition makes no domain");
}
