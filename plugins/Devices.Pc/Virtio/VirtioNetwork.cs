using System.Buffers.Binary;
using Dominion.Diagnostics;
using Dominion.Services;

namespace Dominion.Devices.Pc.Virtio;

/// <summary>
/// A virtio network device (Virtio 1.2, 5.1) on a network segment, without offloads. Queue 0 receives, queue 1 transmits. Every frame has a header of 12 bytes before it, all zeros but the number of buffers at +10.
/// </summary>
internal sealed class VirtioNetwork : VirtioDevice, INetworkReceiver
{
    /// <summary>VIRTIO_NET_F_MAC.</summary>
    public const ulong FeatureMac = 1 << 5;

    /// <summary>VIRTIO_NET_F_MRG_RXBUF.</summary>
    public const ulong FeatureMergeBuffers = 1 << 15;

    /// <summary>VIRTIO_NET_F_STATUS.</summary>
    public const ulong FeatureStatus = 1 << 16;

    private const int ReceiveQueue = 0;
    private const int TransmitQueue = 1;
    private const int QueueSize = 256;
    private const int HeaderLength = 12;
    private const int BufferCountOffset = 10;
    private const int LeastFrame = 14;
    private const int MostFrame = 65550;
    private const ushort LinkUp = 1;

    private readonly byte[] _configuration = new byte[8];
    private readonly byte[] _frame = new byte[MostFrame];
    private readonly VirtioChain _first = new(QueueSize);
    private readonly VirtioChain _next = new(QueueSize);
    private readonly INetworkLink _link;

    /// <summary>Attaches a network device to a segment.</summary>
    /// <param name="log">The device's log.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="address">The station's address.</param>
    /// <param name="post">Runs an action soon under the device lock.</param>
    public VirtioNetwork(ILog log, INetworkSegment segment, MacAddress address, Action<Action> post)
        : base(log, FeatureMac | FeatureMergeBuffers | FeatureStatus, QueueSize, QueueSize)
    {
        address.CopyTo(_configuration);
        BinaryPrimitives.WriteUInt16LittleEndian(_configuration.AsSpan(6), LinkUp);
        _link = segment.Connect(this, post);
    }

    /// <inheritdoc/>
    public override ushort DeviceType => 1;

    /// <summary>How many received frames found no buffer and were dropped.</summary>
    public long Dropped { get; private set; }

    /// <inheritdoc/>
    public override void ReadConfiguration(int offset, Span<byte> destination) => CopyConfiguration(_configuration, offset, destination);

    /// <inheritdoc/>
    public void Receive(ReadOnlySpan<byte> frame)
    {
        if (!IsRunning || !Queues[ReceiveQueue].IsEnabled)
        {
            Dropped++;
            return;
        }

        if (!TryPlace(frame))
            Dropped++;
        else
            Signal(ReceiveQueue);
    }

    /// <inheritdoc/>
    protected override void OnAvailable(int queue)
    {
        // Frames that found no buffer are gone, so new buffers wait for the next frame.
        if (queue == TransmitQueue)
            Drain(queue);
    }

    /// <inheritdoc/>
    protected override uint Handle(int queue, VirtioChain chain)
    {
        if (chain.ReadableLength < HeaderLength)
        {
            Fail("a frame to send has no header");
            return 0;
        }

        ulong length = chain.ReadableLength - HeaderLength;
        if (length is < LeastFrame or > MostFrame)
            return 0;
        Span<byte> frame = _frame.AsSpan(0, (int)length);
        if (chain.TryRead(HeaderLength, frame))
            _link.Send(frame);
        else
            Fail("a frame to send is not in memory");
        return 0;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _link.Dispose();

    // Puts a frame into one buffer, or with merged buffers into as many as it takes (5.1.6.4). What does not fit changes nothing.
    private bool TryPlace(ReadOnlySpan<byte> frame)
    {
        VirtioQueue queue = Queues[ReceiveQueue];
        bool merge = Has(FeatureMergeBuffers);
        int count = 0;
        while (count == 0 || !frame.IsEmpty)
        {
            VirtioChain chain = count == 0 ? _first : _next;
            if (!queue.TryTake(chain))
            {
                queue.Rewind(count, count);
                return false;
            }

            count++;
            uint header = count == 1 ? (uint)HeaderLength : 0;
            if (chain.WritableLength <= header)
            {
                Fail("a receive buffer has no room");
                return false;
            }

            if (!merge && chain.WritableLength - header < (ulong)frame.Length)
            {
                queue.Rewind(count, count - 1);
                return false;
            }

            int part = (int)Math.Min(chain.WritableLength - header, (ulong)frame.Length);
            if (!chain.TryWrite(header, frame[..part]))
            {
                Fail("a receive buffer is not in memory");
                return false;
            }

            queue.Add(chain.Head, header + (uint)part);
            frame = frame[part..];
        }

        Span<byte> fields = stackalloc byte[HeaderLength];
        fields.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(fields[BufferCountOffset..], (ushort)count);
        if (!_first.TryWrite(0, fields))
        {
            Fail("a receive buffer is not in memory");
            return false;
        }

        queue.Publish();
        return true;
    }
}
