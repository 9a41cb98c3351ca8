using System.Buffers.Binary;

namespace Dominion.Devices.Split.Block;

/// <summary>A piece of a request's buffer, inside one granted page.</summary>
/// <param name="Reference">The grant.</param>
/// <param name="First">The first sector in the page.</param>
/// <param name="Last">The last sector in the page.</param>
internal readonly record struct BlockSegment(uint Reference, byte First, byte Last)
{
    /// <summary>The offset in the page in bytes.</summary>
    public int Offset => First << BlockProtocol.SectorShift;

    /// <summary>The length in bytes.</summary>
    public int Length => (Last - First + 1) << BlockProtocol.SectorShift;

    /// <summary>Reads a segment from the copy of a request.</summary>
    /// <param name="bytes">The segment's eight bytes.</param>
    /// <param name="segment">The segment.</param>
    /// <returns>False when it is not inside a page.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out BlockSegment segment)
    {
        segment = new BlockSegment(BinaryPrimitives.ReadUInt32LittleEndian(bytes), bytes[4], bytes[5]);
        return segment.First <= segment.Last && segment.Last < BlockProtocol.SectorsPerPage;
    }
}
