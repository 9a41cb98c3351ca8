using System.Text;
using Dominion.Services;

namespace Dominion.Devices.Pc.Tests;

/// <summary>A character stream whose both ends a test holds.</summary>
internal sealed class TestStream : ICharacterStream, ICharacterLink
{
    private readonly List<byte> _written = [];
    private readonly List<byte> _waiting = [];
    private ICharacterReceiver? _receiver;

    public string Written => Encoding.Latin1.GetString([.. _written]);

    public int Waiting => _waiting.Count;

    public ICharacterLink Connect(ICharacterReceiver receiver, Action<Action> post)
    {
        _receiver = receiver;
        return this;
    }

    public void Write(ReadOnlySpan<byte> bytes) => _written.AddRange(bytes);

    public void Ready() => Offer();

    public void Type(string text)
    {
        _waiting.AddRange(Encoding.Latin1.GetBytes(text));
        Offer();
    }

    public void Dispose() => _receiver = null;

    private void Offer()
    {
        if (_receiver is null || _waiting.Count == 0)
            return;
        int taken = _receiver.Receive(_waiting.ToArray());
        _waiting.RemoveRange(0, taken);
    }
}
