using System.Buffers.Binary;

namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>A message's header: four little-endian words of 32 bits (xen/include/public/io/xs_wire.h, xsd_sockmsg).</summary>
/// <param name="Type">What is asked or answered.</param>
/// <param name="RequestId">The client's number of the request, echoed.</param>
/// <param name="TransactionId">The transaction, or 0.</param>
/// <param name="Length">The payload's size in bytes.</param>
internal readonly record struct XenStoreMessageHeader(XenStoreMessageType Type, uint RequestId, uint TransactionId, uint Length)
{
    /// <summary>The header's size in bytes.</summary>
    public const int Size = 16;

    /// <summary>Reads a header.</summary>
    /// <param name="source">At least <see cref="Size"/> bytes.</param>
    /// <returns>The header, unchecked.</returns>
    public static XenStoreMessageHeader Read(ReadOnlySpan<byte> source) => new(
        (XenStoreMessageType)BinaryPrimitives.ReadUInt32LittleEndian(source),
        BinaryPrimitives.ReadUInt32LittleEndian(source[4..]),
        BinaryPrimitives.ReadUInt32LittleEndian(source[8..]),
        BinaryPrimitives.ReadUInt32LittleEndian(source[12..]));

    /// <summary>Writes the header.</summary>
    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, (uint)Type);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], RequestId);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], TransactionId);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[12..], Length);
    }
}
