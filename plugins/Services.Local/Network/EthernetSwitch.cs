using Dominion.Diagnostics;
using Dominion.Persistence;
using Dominion.Time;

namespace Dominion.Services.Local.Network;

/// <summary>An Ethernet switch in memory: learns where stations are, sends what is for one of them to its port and everything else to all others. Frames wait in bounded queues; what is on its way does not survive save and restore, as on a wire.</summary>
internal sealed class EthernetSwitch : INetworkSegment, IPersistent
{
    private const int LeastFrame = 14;
    private const int MostFrame = 65550;
    private const ulong GroupBit = 1UL << 40;

    private readonly IClock _clock;
    private readonly ILog _log;
    private readonly int _queueLength;
    private readonly AddressTable _table;

    // Guards the table and the list of ports. Taken before no other lock: ports are called after it is released.
    private readonly Lock _lock = new();

    // Replaced, never changed, so that a reader needs no lock to walk it.
    private SwitchPort[] _ports = [];

    /// <summary>Makes a switch without ports.</summary>
    /// <param name="clock">The machine's time, for ageing.</param>
    /// <param name="log">The switch's log.</param>
    /// <param name="options">The bounds.</param>
    public EthernetSwitch(IClock clock, ILog log, SwitchOptions options)
    {
        _clock = clock;
        _log = log;
        _queueLength = options.QueueLength;
        _table = new AddressTable(options.Addresses, options.AgeingSeconds);
    }

    /// <inheritdoc/>
    public INetworkLink Connect(INetworkReceiver receiver, Action<Action> post)
    {
        SwitchPort port = new(this, receiver, post, _queueLength);
        lock (_lock)
            _ports = [.. _ports, port];
        return port;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("switch", 1);
        lock (_lock)
        {
            writer.Write(_ports.Length);
            _table.Save(writer, _ports);
        }
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("switch", 1);
        lock (_lock)
        {
            int count = reader.ReadInt32();
            if (count != _ports.Length)
                throw new InvalidDataException($"{count} stations were connected; {_ports.Length} are");
            _table.Restore(reader, _ports);
        }
    }

    /// <summary>Sends a frame on. Safe from any thread.</summary>
    /// <param name="source">The port it came from.</param>
    /// <param name="frame">The frame; one of a length that no frame has is dropped.</param>
    public void Forward(SwitchPort source, ReadOnlySpan<byte> frame)
    {
        if (frame.Length is < LeastFrame or > MostFrame)
            return;
        ulong destination = ReadAddress(frame);
        ulong sender = ReadAddress(frame[6..]);
        SwitchPort? port = null;
        SwitchPort[] ports;
        lock (_lock)
        {
            ports = _ports;
            if (Array.IndexOf(ports, source) < 0)
                return;
            long now = _clock.Now;
            if (sender != 0 && (sender & GroupBit) == 0)
                _table.Learn(sender, source, now);
            if ((destination & GroupBit) == 0)
                port = _table.Find(destination, now);
        }

        if (port is not null)
        {
            if (port != source)
                port.Enqueue(frame);
            return;
        }

        foreach (SwitchPort other in ports)
        {
            if (other != source)
                other.Enqueue(frame);
        }
    }

    /// <summary>Takes a port away with everything learned on it.</summary>
    /// <param name="port">The port.</param>
    public void Remove(SwitchPort port)
    {
        lock (_lock)
        {
            _ports = Array.FindAll(_ports, other => other != port);
            _table.Forget(port);
        }

        if (port.Dropped > 0)
            _log.Write(LogSeverity.Information, $"{port.Dropped} frames for a station found no room and were dropped, {port.Delivered} were delivered");
    }

    private static ulong ReadAddress(ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int i = 0; i < 6; i++)
            value = (value << 8) | bytes[i];
        return value;
    }
}
