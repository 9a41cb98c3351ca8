using System.Buffers.Binary;
using Dominion.Memory;
using Dominion.Services;
using Dominion.Split;

namespace Dominion.Devices.Split.Network;

/// <summary>The ring of packets that a frontend sends. Each is copied whole before it is looked at.</summary>
/// <param name="frontend">The frontend.</param>
/// <param name="ring">The ring.</param>
/// <param name="link">Where packets go.</param>
/// <param name="filter">The groups that the frontend listens to, or null.</param>
internal sealed class TransmitQueue(IFrontend frontend, BackendRing ring, INetworkLink link, MulticastFilter? filter) : IDisposable
{
    /// <summary>How many packets are sent before others have their turn.</summary>
    private const int PacketsPerTurn = 64;

    private readonly List<TransmitSlot> _slots = [];
    private readonly byte[] _packet = new byte[NetworkProtocol.MostPacket];
    private readonly TcpSegmenter _segmenter = new();
    private byte _gsoKind;
    private ushort _gsoSize;
    private bool? _groupChanged;

    /// <summary>Tells the frontend; set when it is bound.</summary>
    public IEventPort? Port { get; set; }

    /// <summary>Sends what waits.</summary>
    /// <returns>Whether there is more.</returns>
    public bool OnEvent()
    {
        for (int i = 0; i < PacketsPerTurn && TryTakePacket(); i++)
        {
            Respond(Send());
            if (ring.Publish())
                Port!.Notify();
        }

        return ring.Arm();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Port?.Dispose();
        ring.Dispose();
    }

    /// <summary>Takes a packet's requests and extra infos.</summary>
    /// <exception cref="FrontendException">They do not make a packet, so that it is unknown where the next one begins.</exception>
    private bool TryTakePacket()
    {
        Span<byte> entry = stackalloc byte[NetworkProtocol.TransmitEntrySize];
        _slots.Clear();
        _gsoKind = 0;
        _groupChanged = null;
        if (!ring.TryTake(entry))
            return false;
        TransmitSlot slot = TransmitSlot.Read(entry);
        _slots.Add(slot);
        bool more = slot.Has(NetworkProtocol.TransmitExtraInfo);
        while (more)
        {
            TakeNext(entry, "extra info");
            _slots.Add(TransmitSlot.Extra);
            TakeExtra(entry);
            more = (entry[1] & NetworkProtocol.ExtraMore) != 0;
        }

        while (slot.Has(NetworkProtocol.TransmitMoreData))
        {
            TakeNext(entry, "fragment");
            slot = TransmitSlot.Read(entry);
            _slots.Add(slot);
        }

        return true;
    }

    private void TakeNext(Span<byte> entry, string what)
    {
        if (!ring.TryTake(entry))
            throw new FrontendException($"a packet's {what} is missing");
    }

    private void TakeExtra(ReadOnlySpan<byte> entry)
    {
        switch ((ExtraInfoType)entry[0])
        {
            case ExtraInfoType.Gso:
                _gsoSize = BinaryPrimitives.ReadUInt16LittleEndian(entry[2..]);
                _gsoKind = entry[4];
                if (_gsoKind is not (NetworkProtocol.GsoTcpV4 or NetworkProtocol.GsoTcpV6))
                    throw new FrontendException($"a packet asks for segmentation of kind {_gsoKind}");
                break;
            case ExtraInfoType.MulticastAdd:
                _groupChanged = filter is null || filter.TryAdd(entry[2..8]);
                break;
            case ExtraInfoType.MulticastDelete:
                filter?.Remove(entry[2..8]);
                _groupChanged = true;
                break;
            case ExtraInfoType.Hash:
                break;
            default:
                throw new FrontendException($"a packet has an extra info of type {entry[0]}");
        }
    }

    private short Send()
    {
        // A request that changes a group carries no packet.
        if (_groupChanged is { } changed)
            return changed ? NetworkProtocol.StatusOkay : NetworkProtocol.StatusError;
        if (!TryCopy(out Span<byte> packet))
            return NetworkProtocol.StatusError;
        if (_gsoKind != 0)
            return _segmenter.TrySend(packet, _gsoSize, _gsoKind == NetworkProtocol.GsoTcpV6, link) ? NetworkProtocol.StatusOkay : NetworkProtocol.StatusError;
        if (_slots[0].Has(NetworkProtocol.TransmitChecksumBlank) && !PacketHeaders.TryCompleteChecksum(packet))
            return NetworkProtocol.StatusError;
        link.Send(packet);
        return NetworkProtocol.StatusOkay;
    }

    private bool TryCopy(out Span<byte> packet)
    {
        packet = _packet.AsSpan(0, _slots[0].Size);
        int first = packet.Length;
        for (int i = 1; i < _slots.Count; i++)
            first -= _slots[i].Size;
        if (packet.Length < PacketHeaders.EthernetLength || first < 0)
            return false;
        Span<byte> rest = packet;
        for (int i = 0; i < _slots.Count; i++)
        {
            TransmitSlot slot = _slots[i];
            int size = i == 0 ? first : slot.Size;
            if (slot.IsExtra || size == 0)
                continue;
            if (slot.Offset + size > FrameRange.FrameSize || !frontend.TryRead(slot.Reference, slot.Offset, rest[..size]))
                return false;
            rest = rest[size..];
        }

        return true;
    }

    private void Respond(short status)
    {
        Span<byte> response = stackalloc byte[NetworkProtocol.TransmitResponseSize];
        foreach (TransmitSlot slot in _slots)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(response, slot.Id);
            BinaryPrimitives.WriteInt16LittleEndian(response[2..], slot.IsExtra ? NetworkProtocol.StatusNull : status);
            ring.Respond(response);
        }
    }
}
