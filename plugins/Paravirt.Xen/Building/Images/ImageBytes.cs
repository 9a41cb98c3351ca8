using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Dominion.Paravirt.Xen.Building.Images;

/// <summary>Little-endian fields of an image; offsets must lie inside it.</summary>
internal static class ImageBytes
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

    /// <summary>Opens a stream over an image, without a copy when it lies in an array.</summary>
    public static MemoryStream Open(this ReadOnlyMemory<byte> image) =>
        MemoryMarshal.TryGetArray(image, out ArraySegment<byte> array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, false)
            : new MemoryStream(image.ToArray(), false);
}
