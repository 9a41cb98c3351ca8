using Dominion.Diagnostics;
using Dominion.Plugins;
using Dominion.Split;
using Dominion.Time;
using Moq;

namespace Dominion.Devices.Split.Tests.Fixtures;

/// <summary>What a domain gives a backend, without a domain.</summary>
internal sealed class TestContext : IBackendContext
{
    public string Name { get; init; } = "vif0";

    public string DomainName { get; init; } = "guest";

    public int DeviceNumber { get; init; }

    public IClock Clock { get; } = Mock.Of<IClock>();

    public ILog Log { get; } = Mock.Of<ILog>();

    public TService GetService<TService>(ServiceReference<TService> reference)
        where TService : class => throw new NotSupportedException(reference.Name);

    public void Post(Action action) => action();
}
