using Dominion.Services;

namespace Dominion.Devices.Pc.Tests.Virtio;

/// <summary>A stream that remembers what a device sends.</summary>
internal sealed class TestStream : ICharacterStream, ICharacterLink
{
    public ICharacterReceiver? Receiver { get; private set; }

    public List<byte> Written { get; } = [];

    public int Readies { get; private set; }

    public ICharacterLink Connect(ICharacterReceiver receiver, Action<Action> post)
    {
        Receiver = receiver;
        return this;
    }

    public void Write(ReadOnlySpan<byte> bytes) => Written.AddRange(bytes);

    public void Ready() => Readies++;

    public void Dispose() => Receiver = null;
}
