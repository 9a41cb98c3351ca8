using Dominion.Plugins;
using Dominion.Services;

namespace Dominion.Host.Tests.Composition.TestPlugin;

[Service("switch")]
public sealed class TestSwitchFactory : IServiceFactory
{
    public Type Contract => typeof(INetworkSegment);

    public object Create(IServiceContext context, object? options) => throw new InvalidOperationException("composition makes no service");
}
