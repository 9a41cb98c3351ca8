using Dominion.Domains;
using Dominion.Plugins;

namespace Dominion.Host.Tests.Composition.TestPlugin;

[DomainType("bare", Options = typeof(TestDomainOptions))]
public sealed class TestDomainFactory : IDomainTypeFactory
{
    public bool UsesBoard => true;

    public IDomain Create(IDomainContext context, object? options) => throw new InvalidOperationException("composition makes no domain");
}
