using Dominion.Buses;

namespace Dominion.Memory;

/// <summary>The physical address space that a core's accesses go to: RAM of the domain, ROM, and memory-mapped devices.</summary>
public unsafe interface IPhysicalAddressSpace : IGuestMemory
{
    /// <summary>The number of bits of a physical address.</summary>
    int AddressBits { get; }

    /// <summary>Finds the RAM behind a page.</summary>
    /// <param name="address">A physical address; the low 12 bits are ignored.</param>
    /// <param name="access">What will be done with it. Writing to ROM finds nothing.</param>
    /// <returns>The host address of the page's first byte, inside <see cref="IMachineMemory.Base"/>'s mapping, or null when accesses must go through <see cref="Read"/> and <see cref="Write"/>. Valid until <see cref="LayoutChanged"/>.</returns>
    byte* GetPage(ulong address, MemoryAccess access);

    /// <summary>Reads a device's memory. What nobody answers reads as all ones. Takes the domain's device lock.</summary>
    /// <param name="address">The physical address; the access does not cross an 8-byte boundary.</param>
    /// <param name="width">The access width.</param>
    /// <param name="initiator">The index of the vCPU, or -1.</param>
    /// <returns>The value, zero-extended.</returns>
    ulong Read(ulong address, AccessWidth width, int initiator);

    /// <summary>Writes a device's memory. What nobody answers is dropped. Takes the domain's device lock.</summary>
    /// <param name="address">The physical address; the access does not cross an 8-byte boundary.</param>
    /// <param name="width">The access width.</param>
    /// <param name="value">The value; bits above the width are ignored.</param>
    /// <param name="initiator">The index of the vCPU, or -1.</param>
    void Write(ulong address, AccessWidth width, ulong value, int initiator);

    /// <summary>Raised when a page that <see cref="GetPage"/> answered for may have changed; every core that keeps translations must drop them before it goes on. Raised on any thread.</summary>
    event Action? LayoutChanged;
}
