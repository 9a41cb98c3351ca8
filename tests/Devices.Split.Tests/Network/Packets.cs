using System.Buffers.Binary;

namespace Dominion.Devices.Split.Tests.Network;

/// <summary>Makes and checks packets, by the RFCs and word by word.</summary>
internal static class Packets
{
    public static byte[] TcpV4(int payload, byte flags = 0x18, int vlans = 0)
    {
        byte[] packet = new byte[14 + (4 * vlans) + 20 + 20 + payload];
        int ip = Ethernet(packet, 0x0800, vlans);
        packet[ip] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(ip + 2), (ushort)(40 + payload));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(ip + 4), 0xFFFE);
        packet[ip + 8] = 64;
        packet[ip + 9] = 6;
        ((byte[])[10, 0, 0, 1, 10, 0, 0, 2]).CopyTo(packet, ip + 12);
        Tcp(packet, ip + 20, flags);
        return packet;
    }

    public static byte[] TcpV6(int payload)
    {
        byte[] packet = new byte[14 + 40 + 8 + 20 + payload];
        int ip = Ethernet(packet, 0x86DD, 0);
        packet[ip] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(ip + 4), (ushort)(28 + payload));

        // Destination options of eight bytes before the TCP header.
        packet[ip + 6] = 60;
        packet[ip + 7] = 64;
        for (int i = 0; i < 32; i++)
            packet[ip + 8 + i] = (byte)(i * 7);
        packet[ip + 40] = 6;
        Tcp(packet, ip + 48, 0x18);
        return packet;
    }

    public static byte[] UdpV4(int payload)
    {
        byte[] packet = TcpV4(payload);
        packet[23] = 17;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(38), (ushort)(20 + payload));
        return packet;
    }

    /// <summary>Whether the transport's checksum is right: the sum of the pseudo-header and the segment is all ones (RFC 1071).</summary>
    public static bool HasRightChecksum(byte[] packet, int ip, int transport, bool isIpv6)
    {
        byte protocol = isIpv6 ? (byte)6 : packet[ip + 9];
        uint sum = protocol + (uint)(packet.Length - transport);
        (int at, int length) = isIpv6 ? (ip + 8, 32) : (ip + 12, 8);
        sum += Sum(packet.AsSpan(at, length)) + Sum(packet.AsSpan(transport));
        return Fold(sum) == 0xFFFF;
    }

    /// <summary>Whether an IPv4 header's checksum is right.</summary>
    public static bool HasRightHeader(byte[] packet, int ip) => Fold(Sum(packet.AsSpan(ip, 20))) == 0xFFFF;

    private static int Ethernet(byte[] packet, ushort type, int vlans)
    {
        ((byte[])[0, 0x16, 0x3e, 0, 0, 2, 0, 0x16, 0x3e, 0, 0, 1]).CopyTo(packet, 0);
        for (int i = 0; i < vlans; i++)
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12 + (4 * i)), 0x8100_0005);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(12 + (4 * vlans)), type);
        return 14 + (4 * vlans);
    }

    private static void Tcp(byte[] packet, int at, byte flags)
    {
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(at), 1234);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(at + 2), 80);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(at + 4), 0xFFFF_FF00);
        packet[at + 12] = 0x50;
        packet[at + 13] = flags;
        for (int i = at + 20; i < packet.Length; i++)
            packet[i] = (byte)(i * 31);
    }

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i++)
            sum += i % 2 == 0 ? (uint)bytes[i] << 8 : bytes[i];
        return sum;
    }

    private static uint Fold(uint sum)
    {
        while (sum > 0xFFFF)
            sum = (sum & 0xFFFF) + (sum >> 16);
        return sum;
    }
}
