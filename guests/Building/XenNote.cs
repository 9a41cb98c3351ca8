using System.Buffers.Binary;

namespace Dominion.Guests.Building;

/// <summary>The ELF note XEN_ELFNOTE_PHYS32_ENTRY (Xen, xen/include/public/elfnote.h).</summary>
internal static class XenNote
{
    /// <summary>Where the note is in the code segment.</summary>
    public const int Offset = 0x20;

    /// <summary>The note's length.</summary>
    public const int Length = 20;

    /// <summary>Writes the note.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    /// <param name="entry">The physical address of the 32-bit entry point.</param>
    public static void Write(Span<byte> destination, uint entry)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, 4);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], 4);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], 18);
        "Xen\0"u8.CopyTo(destination[12..]);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[16..], entry);
    }
}
