using System.Buffers.Binary;
using System.Text;

namespace Dominion.Guests.Pv;

/// <summary>Writes Xen's ELF notes of a paravirtual kernel (xen/include/public/elfnote.h).</summary>
internal sealed class PvNotes
{
    private const uint Entry = 1;
    private const uint HypercallPage = 2;
    private const uint VirtualBase = 3;
    private const uint PhysicalOffset = 4;
    private const uint XenVersion = 5;
    private const uint GuestOs = 6;
    private const uint Loader = 8;

    private readonly List<byte> _bytes = [];

    /// <summary>Makes the notes of a kernel of this program.</summary>
    /// <param name="entry">The virtual address of its first instruction.</param>
    /// <param name="hypercallPage">The virtual address of its hypercall page.</param>
    /// <param name="virtualBase">The virtual address of pseudo-physical address 0.</param>
    /// <returns>The notes' bytes.</returns>
    public static byte[] Make(ulong entry, ulong hypercallPage, ulong virtualBase)
    {
        PvNotes notes = new();
        notes.Add(GuestOs, "dominion");
        notes.Add(Loader, "generic");
        notes.Add(XenVersion, "xen-3.0");
        notes.Add(VirtualBase, virtualBase);
        notes.Add(PhysicalOffset, 0);
        notes.Add(Entry, entry);
        notes.Add(HypercallPage, hypercallPage);
        return [.. notes._bytes];
    }

    private void Add(uint type, string text) => Add(type, [.. Encoding.ASCII.GetBytes(text), 0]);

    private void Add(uint type, ulong value) => Add(type, BitConverter.GetBytes(value));

    private void Add(uint type, byte[] description)
    {
        byte[] header = new byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(header, 4);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), (uint)description.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), type);
        "Xen\0"u8.CopyTo(header.AsSpan(12));
        _bytes.AddRange([.. header, .. description, .. new byte[-description.Length & 3]]);
    }
}
