using System.Buffers.Binary;

namespace Dominion.FullVirt.Boot;

/// <summary>Little-endian fields of an image; offsets must lie inside it.</summary>
internal static class ImageReader
{
    /// <summary>Reads 16 bits.</summary>
    public static ushort U16(this ReadOnlyMemory<byte> image, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(image.Span[offset..]);

    /// <summary>Reads 32 bits.</summary>
    public static uint U32(this ReadOnlyMemory<byte> image, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(image.Span[offset..]);

    /// <summary>Reads 64 bits.</summary>
    public static ulong U64(this ReadOnlyMemory<byte> image, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(image.Span[offset..]);

    /// <summary>Whether an image holds a range.</summary>
    public static bool Holds(this ReadOnlyMemory<byte> image, ulong offset, ulong length) =>
        offset <= (ulong)image.Length && length <= (ulong)image.Length - offset;
}
