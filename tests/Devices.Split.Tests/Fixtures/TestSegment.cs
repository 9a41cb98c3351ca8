using Dominion.Services;

namespace Dominion.Devices.Split.Tests.Fixtures;

/// <summary>A segment with one station: keeps what it sends.</summary>
internal sealed class TestSegment : INetworkSegment, INetworkLink
{
    public List<byte[]> Sent { get; } = [];

    public INetworkReceiver? Station { get; private set; }

    public INetworkLink Connect(INetworkReceiver receiver, Action<Action> post)
    {
        Station = receiver;
        return this;
    }

    public void Send(ReadOnlySpan<byte> frame) => Sent.Add(frame.ToArray());

    public void Dispose() => Station = null;
}
