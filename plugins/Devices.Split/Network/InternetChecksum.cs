using System.Buffers.Binary;

namespace Dominion.Devices.Split.Network;

/// <summary>The checksum of IP, TCP and UDP (RFC 1071).</summary>
internal static class InternetChecksum
{
    /// <summary>Adds 16-bit words.</summary>
    /// <param name="data">The bytes; an odd one at the end is a word's high byte.</param>
    /// <param name="sum">The sum so far.</param>
    /// <returns>The sum, to be folded.</returns>
    public static ulong Add(ReadOnlySpan<byte> data, ulong sum = 0)
    {
        // Words of 32 bits add up to the same once they are folded.
        for (; data.Length >= sizeof(uint); data = data[sizeof(uint)..])
            sum += BinaryPrimitives.ReadUInt32BigEndian(data);
        for (; data.Length >= sizeof(ushort); data = data[sizeof(ushort)..])
            sum += BinaryPrimitives.ReadUInt16BigEndian(data);
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
}
