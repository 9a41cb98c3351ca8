using System.Buffers.Binary;

namespace Dominion.Devices.Pc.Network;

/// <summary>What the card says of a received packet's checksums (Software Developer's Manual, 3.2.9): IPv4 headers, and TCP and UDP over IPv4 that is not in fragments.</summary>
internal static class E1000ReceiveChecksum
{
    private const uint IpOffload = 1 << 8;
    private const uint TransportOffload = 1 << 9;
    private const byte StatusIgnore = 0x04;
    private const byte StatusTransport = 0x20;
    private const byte StatusIp = 0x40;
    private const byte ErrorTransport = 0x20;
    private const byte ErrorIp = 0x40;

    /// <summary>Verifies a packet's checksums.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="control">RXCSUM.</param>
    /// <param name="isTagged">Whether it has a VLAN tag.</param>
    /// <returns>Bits of the descriptor's status and errors.</returns>
    public static (byte Status, byte Errors) Verify(ReadOnlySpan<byte> frame, uint control, bool isTagged)
    {
        const ushort Ipv4 = 0x0800;
        int start = isTagged ? 18 : 14;
        if ((control & (IpOffload | TransportOffload)) == 0 || frame.Length < start + InternetChecksum.Ipv4HeaderLength || BinaryPrimitives.ReadUInt16BigEndian(frame[(start - 2)..]) != Ipv4)
            return (StatusIgnore, 0);
        ReadOnlySpan<byte> packet = frame[start..];
        int header = (packet[0] & 0xF) * 4;
        int length = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        if (packet[0] >> 4 != 4 || header < InternetChecksum.Ipv4HeaderLength || length < header || length > packet.Length)
            return (StatusIgnore, 0);

        byte status = 0;
        byte errors = 0;
        if ((control & IpOffload) != 0)
        {
            status |= StatusIp;
            if (!IsRight(InternetChecksum.Add(packet[..header])))
                errors |= ErrorIp;
        }

        if ((control & TransportOffload) != 0 && HasChecksum(packet, header, length))
        {
            status |= StatusTransport;
            ReadOnlySpan<byte> segment = packet[header..length];
            if (!IsRight(InternetChecksum.Add(segment, InternetChecksum.AddIpv4PseudoHeader(packet, segment.Length))))
                errors |= ErrorTransport;
        }

        return status == 0 ? (StatusIgnore, errors) : (status, errors);
    }

    private static bool IsRight(ulong sum) => InternetChecksum.Fold(sum) == 0xFFFF;

    // A fragment's checksum covers what is not here; a UDP checksum of 0 is none.
    private static bool HasChecksum(ReadOnlySpan<byte> packet, int header, int length)
    {
        bool isFragment = (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x3FFF) != 0;
        return !isFragment && packet[9] switch
        {
            InternetChecksum.Tcp => length - header >= 20,
            InternetChecksum.Udp => length - header >= 8 && BinaryPrimitives.ReadUInt16BigEndian(packet[(header + 6)..]) != 0,
            _ => false,
        };
    }
}
