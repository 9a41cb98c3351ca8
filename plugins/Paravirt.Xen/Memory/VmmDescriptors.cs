using Dominion.Memory;

namespace Dominion.Paravirt.Xen.Memory;

/// <summary>The descriptors from selector 0xE000 on, which every GDT ends with (xen/include/public/arch-x86/xen-x86_64.h).</summary>
internal static unsafe class VmmDescriptors
{
    /// <summary>The first page of a GDT that is the VMM's.</summary>
    public const int FirstReservedPage = 14;

    /// <summary>The number of descriptors that a guest may have itself.</summary>
    public const int GuestEntries = FirstReservedPage * 512;

    /// <summary>The 64-bit code segment of guests.</summary>
    public const ushort Code64 = 0xE033;

    /// <summary>The 32-bit code segment of 64-bit guests' applications.</summary>
    public const ushort Code32 = 0xE023;

    /// <summary>The data and stack segment of guests.</summary>
    public const ushort Data = 0xE02B;

    private const ulong FlatCode32 = 0x00CF_FB00_0000_FFFF;
    private const ulong FlatData = 0x00CF_F300_0000_FFFF;
    private const ulong FlatCode64 = 0x00AF_FB00_0000_FFFF;

    /// <summary>Makes the page.</summary>
    /// <param name="frames">The machine's frames.</param>
    /// <returns>Its frame.</returns>
    public static ulong Create(FrameTable frames)
    {
        ulong mfn = VmmFrames.Allocate(frames.Memory, 1).First;
        ulong* table = (ulong*)frames.Page(mfn);
        table[(Code32 >> 3) & 511] = FlatCode32;
        table[(Data >> 3) & 511] = FlatData;
        table[(Code64 >> 3) & 511] = FlatCode64;
        return mfn;
    }
}
