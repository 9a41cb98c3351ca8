using Dominion.Cpu.X86;

namespace Dominion.Devices;

/// <summary>A board whose firmware can start what the domain's loader has: the firmware runs from the reset vector, and where it would boot from a disk it hands over to the loader.</summary>
public interface IFirmwareHandover
{
    /// <summary>Whether the board has firmware. Without it the domain's loader starts the kernel itself.</summary>
    bool HasFirmware { get; }

    /// <summary>Who puts the kernel in memory. Takes the memory map that the firmware reports and the address of the ACPI root pointer, or 0; gives the way in, whose Eip is 0 when nothing was loaded. Called under the domain's device lock each time the firmware boots. Set once, before the first reset.</summary>
    Func<IReadOnlyList<MemoryMapEntry>, ulong, X86KernelEntry>? Loader { get; set; }
}
