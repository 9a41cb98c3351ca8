using Dominion.Memory;

namespace Dominion.Devices.Pc.Pci;

/// <summary>RAM as one function reaches it: not at all while its bus mastering is off (PCI Local Bus 3.0, 6.2.2, command bit 2).</summary>
internal sealed class PciBusMasterMemory : IGuestMemory
{
    private readonly IGuestMemory _memory;

    /// <summary>Puts the gate before RAM.</summary>
    /// <param name="memory">The domain's RAM.</param>
    public PciBusMasterMemory(IGuestMemory memory)
    {
        _memory = memory;
    }

    /// <summary>Whether the function may master the bus.</summary>
    public bool Enabled { get; set; }

    /// <inheritdoc/>
    public bool TryRead(ulong address, Span<byte> destination) => Enabled && _memory.TryRead(address, destination);

    /// <inheritdoc/>
    public bool TryWrite(ulong address, ReadOnlySpan<byte> source) => Enabled && _memory.TryWrite(address, source);
}
