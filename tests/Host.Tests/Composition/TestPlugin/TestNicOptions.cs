using Dominion.Devices;
using Dominion.Plugins;
using Dominion.Services;

namespace Dominion.Host.Tests.Composition.TestPlugin;

public sealed record TestNicOptions
{
    [PrimaryOption]
    [RequiredOption]
    public ServiceReference<INetworkSegment> Segment { get; init; }

    public MacAddress? Mac { get; init; }

    public ByteSize Buffer { get; init; } = ByteSize.FromMebibytes(1);

    public IReadOnlyList<TestNicQueue> Queues { get; init; } = [];

    public int[] Filters { get; init; } = [];

    public double Loss { get; init; }

    public ulong Seed { get; init; }

    public TestNicMode Mode { get; init; } = TestNicMode.HalfDuplex;
}
