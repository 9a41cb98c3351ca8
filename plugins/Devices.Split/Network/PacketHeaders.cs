using System.Buffers.Binary;

namespace Dominion.Devices.Split.Network;

/// <summary>Finds the headers of a packet that a guest has written, none of which can be trusted: every offset is inside the packet.</summary>
internal readonly ref struct PacketHeaders
{
    /// <summary>The length of an Ethernet header.</summary>
    public const int EthernetLength = 14;

    /// <summary>TCP's number as a protocol.</summary>
    public const byte Tcp = 6;

    /// <summary>UDP's number as a protocol.</summary>
    public const byte Udp = 17;

    private const ushort TypeIpv4 = 0x0800;
    private const ushort TypeIpv6 = 0x86DD;
    private const ushort TypeVlan = 0x8100;
    private const ushort TypeServiceVlan = 0x88A8;
    private const int VlanTagLength = 4;
    private const int MostVlanTags = 2;
    private const int Ipv4Length = 20;
    private const int Ipv6Length = 40;
    private const int MostExtensions = 8;
    private const int UdpLength = 8;
    private const int TcpLength = 20;
    private const int TcpChecksum = 16;
    private const int UdpChecksum = 6;

    private PacketHeaders(bool isIpv6, int network, int transport, int end, byte protocol)
    {
        IsIpv6 = isIpv6;
        Network = network;
        Transport = transport;
        End = end;
        Protocol = protocol;
    }

    /// <summary>Whether it is IPv6 rather than IPv4.</summary>
    public bool IsIpv6 { get; }

    /// <summary>The offset of the IP header.</summary>
    public int Network { get; }

    /// <summary>The offset of the TCP or UDP header.</summary>
    public int Transport { get; }

    /// <summary>The end of the IP packet; an Ethernet frame may be padded beyond it.</summary>
    public int End { get; }

    /// <summary>TCP or UDP.</summary>
    public byte Protocol { get; }

    /// <summary>Finds the headers of a TCP or UDP packet.</summary>
    /// <param name="packet">The Ethernet frame.</param>
    /// <param name="isWhole">Whether the IP header's length counts; one that is to be segmented may be too long for it.</param>
    /// <param name="headers">The headers.</param>
    /// <returns>False when it is no such packet, a fragment of one, or damaged.</returns>
    public static bool TryFind(ReadOnlySpan<byte> packet, bool isWhole, out PacketHeaders headers)
    {
        headers = default;
        if (packet.Length < EthernetLength)
            return false;
        int network = EthernetLength;
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(packet[12..]);
        for (int tags = 0; type is TypeVlan or TypeServiceVlan; tags++)
        {
            if (tags == MostVlanTags || packet.Length < network + VlanTagLength)
                return false;
            type = BinaryPrimitives.ReadUInt16BigEndian(packet[(network + 2)..]);
            network += VlanTagLength;
        }

        return type switch
        {
            TypeIpv4 => TryFindIpv4(packet, network, isWhole, out headers),
            TypeIpv6 => TryFindIpv6(packet, network, isWhole, out headers),
            _ => false,
        };
    }

    /// <summary>Computes the TCP or UDP checksum of a packet in place.</summary>
    /// <returns>False when the packet has none to compute.</returns>
    public static bool TryCompleteChecksum(Span<byte> packet)
    {
        if (!TryFind(packet, true, out PacketHeaders headers))
            return false;
        headers.WriteChecksum(packet);
        return true;
    }

    /// <summary>A number that all packets of a flow have in common, to keep them in order on one queue.</summary>
    public static int Flow(ReadOnlySpan<byte> packet)
    {
        if (!TryFind(packet, true, out PacketHeaders headers))
            return 0;
        ReadOnlySpan<byte> addresses = headers.IsIpv6 ? packet.Slice(headers.Network + 8, 32) : packet.Slice(headers.Network + 12, 8);
        uint hash = BinaryPrimitives.ReadUInt32LittleEndian(packet[headers.Transport..]);
        for (int i = 0; i < addresses.Length; i += sizeof(uint))
            hash = (hash * 0x9E3779B1) ^ BinaryPrimitives.ReadUInt32LittleEndian(addresses[i..]);
        return (int)((hash * 0x9E3779B1) >> 8);
    }

    /// <summary>Writes the TCP or UDP checksum of the packet that the headers are of.</summary>
    public void WriteChecksum(Span<byte> packet)
    {
        Span<byte> segment = packet[Transport..End];
        Span<byte> field = segment.Slice(Protocol == Tcp ? TcpChecksum : UdpChecksum, sizeof(ushort));
        field.Clear();
        ulong sum = InternetChecksum.Add(IsIpv6 ? packet.Slice(Network + 8, 32) : packet.Slice(Network + 12, 8), Protocol + (ulong)(uint)segment.Length);
        ushort checksum = (ushort)~InternetChecksum.Fold(InternetChecksum.Add(segment, sum));

        // RFC 768: a computed 0 is sent as all ones.
        BinaryPrimitives.WriteUInt16BigEndian(field, checksum == 0 && Protocol == Udp ? ushort.MaxValue : checksum);
    }

    private static bool TryFindIpv4(ReadOnlySpan<byte> packet, int network, bool isWhole, out PacketHeaders headers)
    {
        headers = default;
        if (packet.Length < network + Ipv4Length || packet[network] >> 4 != 4)
            return false;
        int length = (packet[network] & 0xF) * 4;
        int end = isWhole ? network + BinaryPrimitives.ReadUInt16BigEndian(packet[(network + 2)..]) : packet.Length;

        // A fragment has no checksum of its own.
        bool isFragment = (BinaryPrimitives.ReadUInt16BigEndian(packet[(network + 6)..]) & 0x3FFF) != 0;
        if (length < Ipv4Length || isFragment)
            return false;
        return TryMake(packet, false, network, network + length, end, packet[network + 9], out headers);
    }

    private static bool TryFindIpv6(ReadOnlySpan<byte> packet, int network, bool isWhole, out PacketHeaders headers)
    {
        headers = default;
        if (packet.Length < network + Ipv6Length || packet[network] >> 4 != 6)
            return false;
        int end = isWhole ? network + Ipv6Length + BinaryPrimitives.ReadUInt16BigEndian(packet[(network + 4)..]) : packet.Length;
        byte next = packet[network + 6];
        int place = network + Ipv6Length;

        // Hop-by-hop options, routing and destination options (RFC 8200, 4); a fragment is none of ours.
        for (int i = 0; i < MostExtensions && next is 0 or 43 or 60; i++)
        {
            if (packet.Length < place + 8)
                return false;
            next = packet[place];
            place += (packet[place + 1] + 1) * 8;
        }

        return TryMake(packet, true, network, place, end, next, out headers);
    }

    private static bool TryMake(ReadOnlySpan<byte> packet, bool isIpv6, int network, int transport, int end, byte protocol, out PacketHeaders headers)
    {
        headers = new PacketHeaders(isIpv6, network, transport, end, protocol);
        return protocol is Tcp or Udp && end <= packet.Length && end - transport >= (protocol == Tcp ? TcpLength : UdpLength);
    }
}
