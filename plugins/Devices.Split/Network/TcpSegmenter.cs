using System.Buffers.Binary;
using Dominion.Services;

namespace Dominion.Devices.Split.Network;

/// <summary>Cuts a large TCP packet into segments, each with headers and checksums of its own, as a network card does for its driver.</summary>
internal sealed class TcpSegmenter
{
    /// <summary>The least payload of a segment: what TCP's least segment size (RFC 6691: 88 in practice) leaves beside the longest options.</summary>
    public const int LeastSegment = 48;

    private const int IdOffset = 4;
    private const int LengthOffset = 2;
    private const int HeaderChecksum = 10;
    private const int Ipv6Length = 40;
    private const int SequenceOffset = 4;
    private const int FlagsOffset = 13;
    private const byte Finish = 0x01;
    private const byte Push = 0x08;
    private const byte WindowReduced = 0x80;

    private readonly byte[] _segment = new byte[NetworkProtocol.MostPacket];

    /// <summary>Sends a packet in segments.</summary>
    /// <param name="packet">The packet; its length and checksum fields do not count.</param>
    /// <param name="size">The most payload of a segment in bytes.</param>
    /// <param name="isIpv6">Whether it must be IPv6 rather than IPv4.</param>
    /// <param name="link">Where to.</param>
    /// <returns>False, with nothing sent, when it is no such packet or the size is too small.</returns>
    public bool TrySend(ReadOnlySpan<byte> packet, int size, bool isIpv6, INetworkLink link)
    {
        if (size < LeastSegment || !PacketHeaders.TryFind(packet, false, out PacketHeaders found) || found.IsIpv6 != isIpv6 || found.Protocol != PacketHeaders.Tcp)
            return false;
        int headers = found.Transport + ((packet[found.Transport + 12] >> 4) * 4);
        if (headers - found.Transport < 20 || headers > packet.Length)
            return false;
        ReadOnlySpan<byte> payload = packet[headers..];
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(packet[(found.Transport + SequenceOffset)..]);
        byte flags = packet[found.Transport + FlagsOffset];
        ushort id = isIpv6 ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(packet[(found.Network + IdOffset)..]);
        int done = 0;
        do
        {
            int length = Math.Min(size, payload.Length - done);
            Span<byte> segment = _segment.AsSpan(0, headers + length);
            packet[..headers].CopyTo(segment);
            payload.Slice(done, length).CopyTo(segment[headers..]);
            Span<byte> tcp = segment[found.Transport..];
            BinaryPrimitives.WriteUInt32BigEndian(tcp[SequenceOffset..], sequence + (uint)done);
            bool isLast = done + length == payload.Length;
            tcp[FlagsOffset] = (byte)(flags & ~((isLast ? 0 : Finish | Push) | (done == 0 ? 0 : WindowReduced)));
            WriteNetworkHeader(segment[found.Network..], isIpv6, found.Transport - found.Network, id++);
            if (!PacketHeaders.TryCompleteChecksum(segment))
                return false;
            link.Send(segment);
            done += length;
        }
        while (done < payload.Length);

        return true;
    }

    private static void WriteNetworkHeader(Span<byte> ip, bool isIpv6, int headerLength, ushort id)
    {
        if (isIpv6)
        {
            BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)(ip.Length - Ipv6Length));
            return;
        }

        BinaryPrimitives.WriteUInt16BigEndian(ip[LengthOffset..], (ushort)ip.Length);
        BinaryPrimitives.WriteUInt16BigEndian(ip[IdOffset..], id);
        ip.Slice(HeaderChecksum, sizeof(ushort)).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(ip[HeaderChecksum..], (ushort)~InternetChecksum.Fold(InternetChecksum.Add(ip[..headerLength])));
    }
}
