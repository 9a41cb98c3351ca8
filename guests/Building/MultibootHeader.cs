using System.Buffers.Binary;

namespace Dominion.Guests.Building;

/// <summary>A Multiboot header (Multiboot Specification 0.6.96, 3.1).</summary>
internal static class MultibootHeader
{
    private const uint Magic = 0x1bad_b002;

    /// <summary>Flag 1: the guest wants to know its memory.</summary>
    private const uint Flags = 2;

    /// <summary>Writes the header.</summary>
    /// <param name="destination">At least 12 bytes, four-byte aligned in the first 8192 bytes of the file.</param>
    public static void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], Flags);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], unchecked(0 - Magic - Flags));
    }
}
