using System.Buffers.Binary;

namespace Dominion.Devices.Pc.Network;

/// <summary>The checksum of IP, TCP and UDP (RFC 1071).</summary>
internal static class InternetChecksum
{
    /// <summary>The length of an IPv4 header without options.</summary>
    public const int Ipv4HeaderLength = 20;

    /// <summary>TCP's number as a protocol.</summary>
    public const byte Tcp = 6;

    /// <summary>UDP's number as a protocol.</summary>
    public const byte Udp = 17;

    /// <summary>Adds 16-bit words.</summary>
    /// <param name="data">The bytes; an odd one at the end is a word's high byte.</param>
    /// <param name="sum">The sum so far.</param>
    /// <returns>The sum, to be folded.</returns>
    public static ulong Add(ReadOnlySpan<byte> data, ulong sum = 0)
    {
        while (data.Length >= 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(data);
            data = data[2..];
        }

        return data.IsEmpty ? sum : sum + ((ulong)data[0] << 8);
    }

    /// <summary>Brings a sum to 16 bits.</summary>
    /// <param name="sum">The sum.</param>
    /// <returns>The ones' complement sum.</returns>
    public static ushort Fold(ulong sum)
    {
        while (sum >> 16 != 0)
            sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)sum;
    }

    /// <summary>The sum of the pseudo-header of TCP or UDP over IPv4.</summary>
    /// <param name="header">The IPv4 header.</param>
    /// <param name="length">The length of the segment.</param>
    /// <returns>The sum.</returns>
    public static ulong AddIpv4PseudoHeader(ReadOnlySpan<byte> header, int length) => Add(header[12..20], header[9] + (ulong)(uint)length);
}
