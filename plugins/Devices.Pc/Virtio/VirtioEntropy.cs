using Dominion.Diagnostics;
using Dominion.Services;

namespace Dominion.Devices.Pc.Virtio;

/// <summary>A virtio entropy device (Virtio 1.2, 5.4): fills the buffers that the driver makes available.</summary>
internal sealed class VirtioEntropy : VirtioDevice
{
    /// <summary>The most bytes that one request is given; the driver asks again for more.</summary>
    public const int MostBytes = 4096;

    private const int QueueSize = 16;

    private readonly IEntropySource _source;
    private readonly byte[] _buffer = new byte[MostBytes];

    /// <summary>Puts an entropy device before a source.</summary>
    /// <param name="log">The device's log.</param>
    /// <param name="source">Where the random bytes come from.</param>
    public VirtioEntropy(ILog log, IEntropySource source)
        : base(log, 0, QueueSize)
    {
        _source = source;
    }

    /// <inheritdoc/>
    public override ushort DeviceType => 4;

    /// <inheritdoc/>
    public override void ReadConfiguration(int offset, Span<byte> destination) => destination.Clear();

    /// <inheritdoc/>
    protected override uint Handle(int queue, VirtioChain chain)
    {
        Span<byte> part = _buffer.AsSpan(0, (int)Math.Min(MostBytes, chain.WritableLength));
        _source.Fill(part);
        if (part.IsEmpty || !chain.TryWrite(0, part))
            Fail("a buffer for random bytes has no room or is not in memory");
        return (uint)part.Length;
    }
}
