using Dominion.Diagnostics;
using Dominion.Persistence;
using Dominion.Services;

namespace Dominion.Devices.Pc.Virtio;

/// <summary>A virtio console with one port (Virtio 1.2, 5.3) before a character stream. Queue 0 receives what is typed, queue 1 transmits.</summary>
internal sealed class VirtioConsole : VirtioDevice, ICharacterReceiver
{
    /// <summary>VIRTIO_CONSOLE_F_EMERG_WRITE.</summary>
    public const ulong FeatureEmergencyWrite = 1 << 2;

    private const int ReceiveQueue = 0;
    private const int QueueSize = 64;
    private const int EmergencyWriteOffset = 8;
    private const int BufferLength = 4096;

    private readonly byte[] _buffer = new byte[BufferLength];
    private readonly VirtioChain _chain = new(QueueSize);
    private readonly ICharacterLink _link;
    private bool _refused;

    /// <summary>Attaches a console to a stream.</summary>
    /// <param name="log">The device's log.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="post">Runs an action soon under the device lock.</param>
    public VirtioConsole(ILog log, ICharacterStream stream, Action<Action> post)
        : base(log, FeatureEmergencyWrite, QueueSize, QueueSize)
    {
        _link = stream.Connect(this, post);
    }

    /// <inheritdoc/>
    public override ushort DeviceType => 3;

    /// <inheritdoc/>
    public int Receive(ReadOnlySpan<byte> bytes)
    {
        int taken = IsRunning && Queues[ReceiveQueue].IsEnabled ? Place(bytes) : 0;
        _refused = taken < bytes.Length;
        return taken;
    }

    /// <inheritdoc/>
    /// <remarks>Columns, rows and the number of ports mean nothing without features that are not offered; emerg_wr is write-only.</remarks>
    public override void ReadConfiguration(int offset, Span<byte> destination) => destination.Clear();

    /// <inheritdoc/>
    public override void WriteConfiguration(int offset, ReadOnlySpan<byte> source)
    {
        // emerg_wr (5.3.4): a byte goes out even before the driver is set up.
        if (offset == EmergencyWriteOffset)
            _link.Write(source[..1]);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter writer)
    {
        base.Save(writer);
        writer.Write(_refused);
    }

    /// <inheritdoc/>
    public override void Restore(StateReader reader)
    {
        base.Restore(reader);
        _refused = reader.ReadBoolean();
    }

    /// <inheritdoc/>
    protected override void OnAvailable(int queue)
    {
        if (queue != ReceiveQueue)
        {
            Drain(queue);
        }
        else if (_refused)
        {
            _refused = false;
            _link.Ready();
        }
    }

    /// <inheritdoc/>
    protected override uint Handle(int queue, VirtioChain chain)
    {
        for (ulong done = 0; done < chain.ReadableLength;)
        {
            Span<byte> part = _buffer.AsSpan(0, (int)Math.Min(BufferLength, chain.ReadableLength - done));
            if (!chain.TryRead(done, part))
            {
                Fail("bytes to send are not in memory");
                break;
            }

            _link.Write(part);
            done += (uint)part.Length;
        }

        return 0;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _link.Dispose();

    private int Place(ReadOnlySpan<byte> bytes)
    {
        VirtioQueue queue = Queues[ReceiveQueue];
        int taken = 0;
        do
        {
            while (taken < bytes.Length && queue.TryTake(_chain))
            {
                int part = (int)Math.Min(_chain.WritableLength, (ulong)(bytes.Length - taken));
                if (part == 0 || !_chain.TryWrite(0, bytes.Slice(taken, part)))
                {
                    Fail("a receive buffer has no room or is not in memory");
                    return taken;
                }

                queue.Add(_chain.Head, (uint)part);
                queue.Publish();
                taken += part;
            }
        }
        while (taken < bytes.Length && IsRunning && queue.Rearm());

        Signal(ReceiveQueue);
        return taken;
    }
}
