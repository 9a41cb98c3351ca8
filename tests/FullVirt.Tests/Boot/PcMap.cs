using Dominion.Devices;
using Dominion.FullVirt.Boot;

namespace Dominion.FullVirt.Tests.Boot;

/// <summary>Memory maps as a PC's firmware reports them.</summary>
internal static class PcMap
{
    public static IReadOnlyList<MemoryMapEntry> OfMebibytes(ulong count) =>
    [
        new(0, 0x9fc00, MemoryMapType.Usable),
        new(0x9fc00, 0x400, MemoryMapType.Reserved),
        new(0xf0000, 0x10000, MemoryMapType.Reserved),
        new(1 << 20, (count - 1) << 20, MemoryMapType.Usable),
    ];

    public static BootEnvironment Environment(ulong mebibytes, BootFile? ramdisk = null, ulong rootPointer = 0, params BootFile[] modules) =>
        new(OfMebibytes(mebibytes), rootPointer, ramdisk, modules);
}
