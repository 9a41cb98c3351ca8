using Dominion.Plugins;
using Dominion.Services;

namespace Dominion.Host.Tests.Composition.TestPlugin;

[Service("disk", Options = typeof(TestDiskOptions))]
public sealed class TestDiskFactory : IServiceFactory
{
    public Type Contract => typeof(IBlockStore);

    public object Create(IServiceContext context, object? options) => throw new InvalidOperationException("composition makes no service");
}
