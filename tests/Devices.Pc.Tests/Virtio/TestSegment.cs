using Dominion.Services;

namespace Dominion.Devices.Pc.Tests.Virtio;

/// <summary>A segment whose one station is the device, and whose other end is the test.</summary>
internal sealed class TestSegment : INetworkSegment, INetworkLink
{
    public INetworkReceiver? Receiver { get; private set; }

    public List<byte[]> Sent { get; } = [];

    public bool Keeps { get; init; } = true;

    public INetworkLink Connect(INetworkReceiver receiver, Action<Action> post)
    {
        Receiver = receiver;
        return this;
    }

    public void Send(ReadOnlySpan<byte> frame)
    {
        if (Keeps)
            Sent.Add(frame.ToArray());
    }

    public void Dispose() => Receiver = null;
}
