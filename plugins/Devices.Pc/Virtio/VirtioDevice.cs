using Dominion.Diagnostics;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Virtio;

/// <summary>A virtio device without its transport: status, feature negotiation and queues (Virtio 1.2, 2 and 3). A device type derives from it and answers requests.</summary>
internal abstract class VirtioDevice : IPersistent, IDisposable
{
    private readonly Action[] _resume;
    private readonly VirtioChain _chain;
    private IVirtioTransport? _transport;

    /// <summary>Makes a device in its reset state.</summary>
    /// <param name="log">The device's log.</param>
    /// <param name="features">The feature bits of the device type that it offers.</param>
    /// <param name="queueSizes">The most descriptors of each queue.</param>
    protected VirtioDevice(ILog log, ulong features, params ReadOnlySpan<int> queueSizes)
    {
        Log = log;
        OfferedFeatures = features | VirtioFeature.Common;
        Queues = new VirtioQueue[queueSizes.Length];
        _resume = new Action[queueSizes.Length];
        int longest = 0;
        for (int i = 0; i < queueSizes.Length; i++)
        {
            int queue = i;
            Queues[i] = new VirtioQueue(queueSizes[i], Fail);
            _resume[i] = () => Notify(queue);
            longest = Math.Max(longest, queueSizes[i]);
        }

        _chain = new VirtioChain(longest);
    }

    /// <summary>The device type (Virtio 1.2, 5).</summary>
    public abstract ushort DeviceType { get; }

    /// <summary>Every feature that the device offers.</summary>
    public ulong OfferedFeatures { get; private set; }

    /// <summary>The features that the driver accepts; only those offered count.</summary>
    public ulong DriverFeatures { get; private set; }

    /// <summary>The status field.</summary>
    public VirtioStatus Status { get; private set; }

    /// <summary>The device's queues.</summary>
    public VirtioQueue[] Queues { get; }

    /// <summary>The device's log.</summary>
    protected ILog Log { get; }

    /// <summary>Whether the driver is set up and the device is well: requests are answered.</summary>
    protected bool IsRunning => (Status & (VirtioStatus.DriverOk | VirtioStatus.NeedsReset | VirtioStatus.Failed)) == VirtioStatus.DriverOk;

    /// <summary>Connects the device to its transport.</summary>
    /// <param name="transport">The transport.</param>
    public void Attach(IVirtioTransport transport)
    {
        _transport = transport;
        if (transport.IsTranslated)
            OfferedFeatures |= VirtioFeature.AccessPlatform;
        foreach (VirtioQueue queue in Queues)
            queue.Memory = transport.Memory;
    }

    /// <summary>Takes a half of the features that the driver accepts. Once features are agreed on they stay.</summary>
    /// <param name="high">Whether bits 63–32 are meant.</param>
    /// <param name="bits">The bits.</param>
    public void WriteDriverFeatures(bool high, uint bits)
    {
        if ((Status & VirtioStatus.FeaturesOk) != 0)
            return;
        DriverFeatures = high ? (DriverFeatures & uint.MaxValue) | ((ulong)bits << 32) : (DriverFeatures & ~(ulong)uint.MaxValue) | bits;
    }

    /// <summary>Takes what the driver writes to the status field: 0 resets, and no other write takes a bit back (Virtio 1.2, 2.1.1).</summary>
    /// <param name="value">The value.</param>
    public void WriteStatus(VirtioStatus value)
    {
        if (value == VirtioStatus.None)
        {
            Reset();
            return;
        }

        VirtioStatus added = value & ~Status & ~VirtioStatus.NeedsReset;
        if ((added & VirtioStatus.FeaturesOk) != 0 && !AcceptsFeatures(DriverFeatures))
            added &= ~VirtioStatus.FeaturesOk;
        if ((added & VirtioStatus.DriverOk) != 0 && ((Status | added) & VirtioStatus.FeaturesOk) == 0)
            added &= ~VirtioStatus.DriverOk;
        Status |= added;
        if ((added & VirtioStatus.DriverOk) == 0)
            return;
        if ((Status & VirtioStatus.NeedsReset) != 0)
            _transport!.SignalConfiguration();

        // What the driver made available before this moment waits without a notification.
        for (int queue = 0; queue < Queues.Length; queue++)
            Notify(queue);
    }

    /// <summary>Enables a queue. Possible once features are agreed on.</summary>
    /// <param name="queue">The queue's index.</param>
    public void EnableQueue(int queue)
    {
        if ((Status & VirtioStatus.FeaturesOk) != 0 && !Queues[queue].IsEnabled)
            Queues[queue].Enable(DriverFeatures);
    }

    /// <summary>Takes a notification of available buffers. One for a queue that is not set up is ignored.</summary>
    /// <param name="queue">The queue's index, as the guest gave it.</param>
    public void Notify(int queue)
    {
        if (IsRunning && (uint)queue < (uint)Queues.Length && Queues[queue].IsEnabled)
            OnAvailable(queue);
    }

    /// <summary>Reads the device type's configuration.</summary>
    /// <param name="offset">The offset.</param>
    /// <param name="destination">Takes the bytes; beyond the configuration's end they are 0.</param>
    public abstract void ReadConfiguration(int offset, Span<byte> destination);

    /// <summary>Writes the device type's configuration. Most of it is read-only, and such a write is dropped.</summary>
    /// <param name="offset">The offset.</param>
    /// <param name="source">The bytes.</param>
    public virtual void WriteConfiguration(int offset, ReadOnlySpan<byte> source)
    {
    }

    /// <summary>Takes the state after a reset by the driver or the board.</summary>
    public void Reset()
    {
        Status = VirtioStatus.None;
        DriverFeatures = 0;
        foreach (VirtioQueue queue in Queues)
            queue.Reset();
        _transport?.ClearSignals();
    }

    /// <inheritdoc/>
    public virtual void Save(StateWriter writer)
    {
        writer.BeginSection("virtio-device", 1);
        writer.Write((byte)Status);
        writer.Write(DriverFeatures);
        foreach (VirtioQueue queue in Queues)
            queue.Save(writer);
    }

    /// <inheritdoc/>
    public virtual void Restore(StateReader reader)
    {
        reader.BeginSection("virtio-device", 1);
        Status = (VirtioStatus)reader.ReadByte();
        DriverFeatures = reader.ReadUInt64();
        if ((Status & VirtioStatus.FeaturesOk) != 0 && !AcceptsFeatures(DriverFeatures))
            throw new InvalidDataException($"the saved driver agreed on features {DriverFeatures:x}, of which this device offers {OfferedFeatures:x}");
        foreach (VirtioQueue queue in Queues)
            queue.Restore(reader);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Answers a read of the configuration from an image of it.</summary>
    /// <param name="fields">The whole configuration.</param>
    /// <param name="offset">The offset of what is read.</param>
    /// <param name="destination">Takes the bytes, 0 beyond the end.</param>
    protected static void CopyConfiguration(ReadOnlySpan<byte> fields, int offset, Span<byte> destination)
    {
        destination.Clear();
        if (offset < fields.Length)
            fields.Slice(offset, Math.Min(destination.Length, fields.Length - offset)).CopyTo(destination);
    }

    /// <summary>Whether a feature was agreed on.</summary>
    /// <param name="feature">The feature's bit.</param>
    /// <returns>True when it was.</returns>
    protected bool Has(ulong feature) => (DriverFeatures & feature) != 0;

    /// <summary>The device's queue has available buffers, perhaps. Called while the device runs.</summary>
    /// <param name="queue">The queue's index.</param>
    protected virtual void OnAvailable(int queue) => Drain(queue);

    /// <summary>Answers one request. Called by <see cref="Drain"/>.</summary>
    /// <param name="queue">The queue's index.</param>
    /// <param name="chain">The request's buffers.</param>
    /// <returns>How many bytes were written to them. Of no account after <see cref="Fail"/>.</returns>
    protected abstract uint Handle(int queue, VirtioChain chain);

    /// <summary>Releases what the device holds of its service.</summary>
    /// <param name="disposing">Always true.</param>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>Answers the requests of a queue. A driver that adds them as fast as they are answered does not keep the device lock for ever: after a queueful the rest waits for another turn.</summary>
    /// <param name="index">The queue's index.</param>
    protected void Drain(int index)
    {
        VirtioQueue queue = Queues[index];
        int budget = queue.Size;
        do
        {
            while (budget > 0 && queue.TryTake(_chain))
            {
                budget--;
                uint written = Handle(index, _chain);
                if (!IsRunning)
                    return;
                queue.Add(_chain.Head, written);
                queue.Publish();
            }
        }
        while (IsRunning && budget > 0 && queue.Rearm());

        Signal(index);
        if (IsRunning && budget == 0)
            _transport!.Post(_resume[index]);
    }

    /// <summary>Signals a queue when its driver wants that.</summary>
    /// <param name="index">The queue's index.</param>
    protected void Signal(int index)
    {
        if (IsRunning && Queues[index].WantsSignal())
            _transport!.SignalQueue(index);
    }

    /// <summary>Stops the device until it is reset: the driver broke the rules (Virtio 1.2, 2.1.2).</summary>
    /// <param name="reason">Which rule, for the log.</param>
    protected void Fail(string reason)
    {
        if ((Status & VirtioStatus.NeedsReset) != 0)
            return;
        Log.Write(LogSeverity.Warning, $"the driver broke the rules, the device needs a reset: {reason}");
        Status |= VirtioStatus.NeedsReset;
        if ((Status & VirtioStatus.DriverOk) != 0)
            _transport!.SignalConfiguration();
    }

    private bool AcceptsFeatures(ulong features) => (features & ~OfferedFeatures) == 0 && (features & VirtioFeature.Version1) != 0;
}
