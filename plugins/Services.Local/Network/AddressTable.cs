using Dominion.Persistence;

namespace Dominion.Services.Local.Network;

/// <summary>Which port a station was last heard on (IEEE 802.1Q, 8.8 "The Filtering Database"). Bounded in number and age. Not safe from several threads.</summary>
internal sealed class AddressTable
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly Dictionary<ulong, Entry> _entries = [];
    private readonly int _capacity;
    private readonly long _ageing;
    private long _nextSweep;

    /// <summary>Makes an empty table.</summary>
    /// <param name="capacity">The most addresses.</param>
    /// <param name="ageingSeconds">How long an address is remembered.</param>
    public AddressTable(int capacity, int ageingSeconds)
    {
        _capacity = capacity;
        _ageing = ageingSeconds * NanosecondsPerSecond;
    }

    /// <summary>How many addresses are remembered, aged ones included.</summary>
    public int Count => _entries.Count;

    /// <summary>Remembers where a station is. A full table forgets what has aged, looking at most once a second, and learns nothing while that frees no room.</summary>
    /// <param name="address">The station's address.</param>
    /// <param name="port">The port.</param>
    /// <param name="now">The time in nanoseconds.</param>
    public void Learn(ulong address, SwitchPort port, long now)
    {
        if (_entries.Count >= _capacity && !_entries.ContainsKey(address))
        {
            if (now < _nextSweep)
                return;
            _nextSweep = now + NanosecondsPerSecond;
            Remove(static (entry, oldest) => entry.Heard < oldest, now - _ageing);
            if (_entries.Count >= _capacity)
                return;
        }

        _entries[address] = new Entry(port, now);
    }

    /// <summary>Finds a station.</summary>
    /// <param name="address">The station's address.</param>
    /// <param name="now">The time in nanoseconds.</param>
    /// <returns>Its port, or null when it is not known.</returns>
    public SwitchPort? Find(ulong address, long now) =>
        _entries.TryGetValue(address, out Entry entry) && now - entry.Heard <= _ageing ? entry.Port : null;

    /// <summary>Forgets every station of a port.</summary>
    /// <param name="port">The port.</param>
    public void Forget(SwitchPort port) => Remove(static (entry, gone) => entry.Port == gone, port);

    /// <summary>Writes what is remembered, by address; ports by their places.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="ports">The switch's ports.</param>
    public void Save(StateWriter writer, SwitchPort[] ports)
    {
        writer.Write(_nextSweep);
        writer.Write(_entries.Count);
        foreach ((ulong address, Entry entry) in _entries.OrderBy(entry => entry.Key))
        {
            writer.Write(address);
            writer.Write(Array.IndexOf(ports, entry.Port));
            writer.Write(entry.Heard);
        }
    }

    /// <summary>Replaces what is remembered.</summary>
    /// <param name="reader">Where from.</param>
    /// <param name="ports">The switch's ports.</param>
    /// <exception cref="InvalidDataException">It does not fit the table.</exception>
    public void Restore(StateReader reader, SwitchPort[] ports)
    {
        _nextSweep = reader.ReadInt64();
        int count = reader.ReadInt32();
        if ((uint)count > (uint)_capacity)
            throw new InvalidDataException($"{count} addresses in a table of {_capacity}");
        _entries.Clear();
        for (int i = 0; i < count; i++)
        {
            ulong address = reader.ReadUInt64();
            int port = reader.ReadInt32();
            if ((uint)port >= (uint)ports.Length)
                throw new InvalidDataException($"port {port} of {ports.Length}");
            _entries[address] = new Entry(ports[port], reader.ReadInt64());
        }
    }

    private void Remove<TState>(Func<Entry, TState, bool> match, TState state)
    {
        foreach ((ulong address, Entry entry) in _entries)
        {
            // A dictionary may lose entries while it is enumerated.
            if (match(entry, state))
                _entries.Remove(address);
        }
    }

    private readonly record struct Entry(SwitchPort Port, long Heard);
}
