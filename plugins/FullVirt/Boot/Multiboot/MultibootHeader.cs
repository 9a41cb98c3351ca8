namespace Dominion.FullVirt.Boot.Multiboot;

/// <summary>The Multiboot header of an image (Multiboot Specification 0.6.96, 3.1).</summary>
/// <param name="Offset">Where it is in the file.</param>
/// <param name="Flags">Its flags.</param>
internal readonly record struct MultibootHeader(int Offset, uint Flags)
{
    /// <summary>Flag 16: the header says where the image goes.</summary>
    public const uint AddressesValid = 1 << 16;

    /// <summary>Flags 3 to 15: required features that the specification does not define.</summary>
    public const uint UnknownRequirements = 0xfff8;

    private const uint Magic = 0x1bad_b002;
    private const int SearchLength = 8192;

    /// <summary>Whether the header says where the image goes.</summary>
    public bool HasAddresses => (Flags & AddressesValid) != 0;

    /// <summary>Searches an image: four-byte aligned, in the first 8192 bytes.</summary>
    /// <param name="image">The image.</param>
    /// <param name="header">The header on success.</param>
    /// <returns>Whether there is one.</returns>
    public static bool TryFind(ReadOnlyMemory<byte> image, out MultibootHeader header)
    {
        int end = Math.Min(image.Length, SearchLength);
        for (int offset = 0; offset + 12 <= end; offset += 4)
        {
            if (image.U32(offset) != Magic)
                continue;
            uint flags = image.U32(offset + 4);
            if (unchecked(Magic + flags + image.U32(offset + 8)) != 0)
                continue;
            header = new MultibootHeader(offset, flags);
            return true;
        }

        header = default;
        return false;
    }
}
