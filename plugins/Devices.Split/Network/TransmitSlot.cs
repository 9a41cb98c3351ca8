using System.Buffers.Binary;

namespace Dominion.Devices.Split.Network;

/// <summary>A request of the transmit ring, or an extra info in its place.</summary>
/// <param name="IsExtra">Whether it is an extra info, which only <see cref="Id"/>'s place in the order matters of.</param>
/// <param name="Reference">The grant.</param>
/// <param name="Offset">The first byte in the page.</param>
/// <param name="Flags">What follows, and what is left to the backend.</param>
/// <param name="Id">Echoed.</param>
/// <param name="Size">The packet's size in its first request, the fragment's in the others.</param>
internal readonly record struct TransmitSlot(bool IsExtra, uint Reference, ushort Offset, ushort Flags, ushort Id, ushort Size)
{
    /// <summary>The place of an extra info.</summary>
    public static TransmitSlot Extra => new(true, 0, 0, 0, 0, 0);

    /// <summary>Reads the copy of a request.</summary>
    public static TransmitSlot Read(ReadOnlySpan<byte> entry) => new(
        false,
        BinaryPrimitives.ReadUInt32LittleEndian(entry),
        BinaryPrimitives.ReadUInt16LittleEndian(entry[4..]),
        BinaryPrimitives.ReadUInt16LittleEndian(entry[6..]),
        BinaryPrimitives.ReadUInt16LittleEndian(entry[8..]),
        BinaryPrimitives.ReadUInt16LittleEndian(entry[10..]));

    /// <summary>Whether the request says so.</summary>
    public bool Has(ushort flag) => (Flags & flag) != 0;
}
