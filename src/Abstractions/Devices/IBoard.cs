using Dominion.Cpu;
using Dominion.Persistence;

namespace Dominion.Devices;

/// <summary>A mainboard with its devices: buses, interrupt routing, firmware tables.</summary>
public interface IBoard : IPersistent, IDisposable
{
    /// <summary>The physical memory map that firmware would report, ascending, without overlaps.</summary>
    IReadOnlyList<MemoryMapEntry> MemoryMap { get; }

    /// <summary>The guest-physical address of the ACPI root pointer (RSDP), or 0 when the board has no ACPI. Valid after <see cref="Reset"/>.</summary>
    ulong AcpiRootPointer { get; }

    /// <summary>Wires a vCPU to the board's interrupt controllers. Called once for each vCPU, in order of index, before the first reset.</summary>
    /// <param name="core">The vCPU's core.</param>
    void Attach(ICpuCore core);

    /// <summary>Resets every device and writes the firmware's tables anew. RAM is left alone otherwise.</summary>
    void Reset();
}
