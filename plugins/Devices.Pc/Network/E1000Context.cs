using System.Buffers.Binary;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Network;

/// <summary>What a context descriptor says of the packets after it (Software Developer's Manual, 3.3.6).</summary>
/// <param name="IpStart">IPCSS: where the IP header starts.</param>
/// <param name="IpOffset">IPCSO: where the IP header's checksum is.</param>
/// <param name="IpEnd">IPCSE: the last byte that it covers; 0 for the packet's end.</param>
/// <param name="TransportStart">TUCSS: where the TCP or UDP header starts.</param>
/// <param name="TransportOffset">TUCSO: where its checksum is.</param>
/// <param name="TransportEnd">TUCSE: the last byte that it covers; 0 for the packet's end.</param>
/// <param name="Command">TUCMD.</param>
/// <param name="HeaderLength">HDRLEN: the length of the headers that every segment repeats.</param>
/// <param name="SegmentLength">MSS: the most payload of a segment.</param>
internal readonly record struct E1000Context(
    byte IpStart,
    byte IpOffset,
    ushort IpEnd,
    byte TransportStart,
    byte TransportOffset,
    ushort TransportEnd,
    byte Command,
    byte HeaderLength,
    ushort SegmentLength)
{
    /// <summary>Whether the packets are TCP and not UDP.</summary>
    public bool IsTcp => (Command & 1) != 0;

    /// <summary>Whether the packets are IPv4 and not IPv6.</summary>
    public bool IsIpv4 => (Command & 2) != 0;

    /// <summary>TSE: the context is for packets that are cut into segments.</summary>
    public bool Segments => (Command & 4) != 0;

    /// <summary>Reads a context descriptor.</summary>
    /// <param name="descriptor">Sixteen bytes.</param>
    /// <returns>The context.</returns>
    public static E1000Context Read(ReadOnlySpan<byte> descriptor) => new(
        descriptor[0],
        descriptor[1],
        BinaryPrimitives.ReadUInt16LittleEndian(descriptor[2..]),
        descriptor[4],
        descriptor[5],
        BinaryPrimitives.ReadUInt16LittleEndian(descriptor[6..]),
        descriptor[11],
        descriptor[13],
        BinaryPrimitives.ReadUInt16LittleEndian(descriptor[14..]));

    /// <summary>Reads a saved context.</summary>
    /// <param name="reader">Where from.</param>
    /// <returns>The context.</returns>
    public static E1000Context Restore(StateReader reader) => new(
        reader.ReadByte(),
        reader.ReadByte(),
        reader.ReadUInt16(),
        reader.ReadByte(),
        reader.ReadByte(),
        reader.ReadUInt16(),
        reader.ReadByte(),
        reader.ReadByte(),
        reader.ReadUInt16());

    /// <summary>Writes the context.</summary>
    /// <param name="writer">Where to.</param>
    public void Save(StateWriter writer)
    {
        writer.Write(IpStart);
        writer.Write(IpOffset);
        writer.Write(IpEnd);
        writer.Write(TransportStart);
        writer.Write(TransportOffset);
        writer.Write(TransportEnd);
        writer.Write(Command);
        writer.Write(HeaderLength);
        writer.Write(SegmentLength);
    }
}
