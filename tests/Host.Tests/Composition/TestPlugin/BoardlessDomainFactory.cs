using Dominion.Domains;
using Dominion.Plugins;

namespace Dominion.Host.Tests.Composition.TestPlugin;

[DomainType("boardless")]
public sealed class BoardlessDomainFactory : IDomainTypeFactory
{
    public bool UsesBoard => false;

    public IDomain Create(IDomainContext context, object? options) => throw new InvalidOperationException("composition makes no domain");
}
