using Dominion.Devices.Pc.Registers;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Network;

/// <summary>The counters, which are cleared when they are read (Software Developer's Manual, 13.7). Lengths count the frame check sequence.</summary>
internal sealed class E1000Statistics : IPersistent
{
    private const int First = 0x4000;
    private const int Last = 0x40FC;
    private const int Overall = 4;
    private const int MissedPackets = 0x4010;
    private const int ReceivedSizes = 0x405C;
    private const int GoodReceived = 0x4074;
    private const int BroadcastReceived = 0x4078;
    private const int MulticastReceived = 0x407C;
    private const int GoodTransmitted = 0x4080;
    private const int GoodOctetsReceived = 0x4088;
    private const int GoodOctetsTransmitted = 0x4090;
    private const int NoBuffers = 0x40A0;
    private const int TooLong = 0x40AC;
    private const int OctetsReceived = 0x40C0;
    private const int OctetsTransmitted = 0x40C8;
    private const int TotalReceived = 0x40D0;
    private const int TotalTransmitted = 0x40D4;
    private const int TransmittedSizes = 0x40D8;
    private const int MulticastTransmitted = 0x40F0;
    private const int BroadcastTransmitted = 0x40F4;
    private const int Segmented = 0x40F8;
    private readonly uint[] _counters = new uint[((Last - First) / 4) + 1];

    /// <summary>Puts the counters in the card's table.</summary>
    /// <param name="map">The table.</param>
    public void Describe(RegisterMap map)
    {
        (int Offset, string Name)[] counters =
        [
            (MissedPackets, "MPC"), (ReceivedSizes, "PRC64"), (ReceivedSizes + 4, "PRC127"), (ReceivedSizes + 8, "PRC255"), (ReceivedSizes + 12, "PRC511"), (ReceivedSizes + 16, "PRC1023"), (ReceivedSizes + 20, "PRC1522"),
            (GoodReceived, "GPRC"), (BroadcastReceived, "BPRC"), (MulticastReceived, "MPRC"), (GoodTransmitted, "GPTC"),
            (GoodOctetsReceived, "GORCL"), (GoodOctetsReceived + Overall, "GORCH"), (GoodOctetsTransmitted, "GOTCL"), (GoodOctetsTransmitted + Overall, "GOTCH"),
            (NoBuffers, "RNBC"), (TooLong, "ROC"), (OctetsReceived, "TORL"), (OctetsReceived + Overall, "TORH"), (OctetsTransmitted, "TOTL"), (OctetsTransmitted + Overall, "TOTH"),
            (TotalReceived, "TPR"), (TotalTransmitted, "TPT"),
            (TransmittedSizes, "PTC64"), (TransmittedSizes + 4, "PTC127"), (TransmittedSizes + 8, "PTC255"), (TransmittedSizes + 12, "PTC511"), (TransmittedSizes + 16, "PTC1023"), (TransmittedSizes + 20, "PTC1522"),
            (MulticastTransmitted, "MPTC"), (BroadcastTransmitted, "BPTC"), (Segmented, "TSCTC"),
        ];

        // What is not listed counts collisions and errors, which there are none of.
        for (int offset = First; offset <= Last; offset += 4)
            map.At(offset, "statistics", () => 0);
        foreach ((int offset, string name) in counters)
        {
            int index = (offset - First) / 4;
            map.At(offset, name, () => Take(index));
        }
    }

    /// <summary>Counts a frame that was received whole.</summary>
    /// <param name="frame">The frame.</param>
    public void CountReceived(ReadOnlySpan<byte> frame)
    {
        Add(GoodReceived);
        CountGroup(frame, BroadcastReceived, MulticastReceived);
        CountSize(frame.Length, ReceivedSizes, GoodOctetsReceived);
    }

    /// <summary>Counts a frame on the wire, taken or not.</summary>
    /// <param name="frame">The frame.</param>
    public void CountSeen(ReadOnlySpan<byte> frame)
    {
        Add(TotalReceived);
        AddLong(OctetsReceived, OnWire(frame.Length));
    }

    /// <summary>Counts a frame that was sent.</summary>
    /// <param name="frame">The frame.</param>
    public void CountTransmitted(ReadOnlySpan<byte> frame)
    {
        Add(GoodTransmitted);
        Add(TotalTransmitted);
        AddLong(OctetsTransmitted, OnWire(frame.Length));
        CountGroup(frame, BroadcastTransmitted, MulticastTransmitted);
        CountSize(frame.Length, TransmittedSizes, GoodOctetsTransmitted);
    }

    /// <summary>Counts a frame that found no room in the packet buffer.</summary>
    public void CountMissed() => Add(MissedPackets);

    /// <summary>Counts a frame that found no descriptor.</summary>
    public void CountNoBuffer() => Add(NoBuffers);

    /// <summary>Counts a frame that is longer than allowed.</summary>
    public void CountTooLong() => Add(TooLong);

    /// <summary>Counts a packet that was cut into segments.</summary>
    public void CountSegmented() => Add(Segmented);

    /// <summary>Reset.</summary>
    public void Reset() => Array.Clear(_counters);

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        foreach (uint counter in _counters)
            writer.Write(counter);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        for (int i = 0; i < _counters.Length; i++)
            _counters[i] = reader.ReadUInt32();
    }

    private static uint OnWire(int length) => (uint)Math.Max(length, 60) + 4;

    private uint Take(int index)
    {
        uint value = _counters[index];
        _counters[index] = 0;
        return value;
    }

    // A counter stays at its most.
    private void Add(int offset)
    {
        ref uint counter = ref _counters[(offset - First) / 4];
        if (counter != uint.MaxValue)
            counter++;
    }

    private void AddLong(int offset, uint value)
    {
        int index = (offset - First) / 4;
        ulong sum = (_counters[index] | ((ulong)_counters[index + 1] << 32)) + value;
        _counters[index] = (uint)sum;
        _counters[index + 1] = (uint)(sum >> 32);
    }

    private void CountGroup(ReadOnlySpan<byte> frame, int broadcast, int multicast)
    {
        if (frame[..6].IndexOfAnyExcept((byte)0xFF) < 0)
            Add(broadcast);
        else if ((frame[0] & 1) != 0)
            Add(multicast);
    }

    private void CountSize(int length, int sizes, int octets)
    {
        uint onWire = OnWire(length);
        AddLong(octets, onWire);
        int bucket = onWire switch
        {
            <= 64 => 0,
            <= 127 => 1,
            <= 255 => 2,
            <= 511 => 3,
            <= 1023 => 4,
            _ => 5,
        };
        Add(sizes + (4 * bucket));
    }
}
