namespace Dominion.Devices.Pc.Pci;

/// <summary>A range of addresses out of which BARs are given places, each aligned to its own size.</summary>
internal sealed class PciAddressWindow
{
    private readonly ulong _end;
    private ulong _next;

    /// <summary>Makes an empty window.</summary>
    /// <param name="name">A name for diagnostics.</param>
    /// <param name="start">The first address.</param>
    /// <param name="length">The length in bytes or ports; 0 for a window with no room.</param>
    public PciAddressWindow(string name, ulong start, ulong length)
    {
        Name = name;
        _next = start;
        _end = start + length;
    }

    /// <summary>A name for diagnostics.</summary>
    public string Name { get; }

    /// <summary>Takes the next free place.</summary>
    /// <param name="size">The size, a power of two, and so the alignment.</param>
    /// <param name="address">The place on success.</param>
    /// <returns>False when there is no room.</returns>
    public bool TryTake(ulong size, out ulong address)
    {
        address = (_next + size - 1) & ~(size - 1);
        if (address < _next || address >= _end || _end - address < size)
            return false;
        _next = address + size;
        return true;
    }
}
