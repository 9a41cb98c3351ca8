using Dominion.Devices;

namespace Dominion.FullVirt.Boot;

/// <summary>What a loader plans with, beside the kernel itself.</summary>
/// <param name="MemoryMap">The board's physical memory map.</param>
/// <param name="AcpiRootPointer">The address of the RSDP, or 0.</param>
/// <param name="Ramdisk">The RAM disk, or null.</param>
/// <param name="Modules">The modules after the RAM disk.</param>
/// <param name="HasTextDisplay">Whether there is a display in the text mode of 80 by 25 characters.</param>
internal sealed record BootEnvironment(
    IReadOnlyList<MemoryMapEntry> MemoryMap,
    ulong AcpiRootPointer,
    BootFile? Ramdisk,
    IReadOnlyList<BootFile> Modules,
    bool HasTextDisplay = false)
{
    /// <summary>The RAM disk, when there is one, and the modules after it.</summary>
    public IEnumerable<BootFile> AllModules => Ramdisk is null ? Modules : Modules.Prepend(Ramdisk);
}
