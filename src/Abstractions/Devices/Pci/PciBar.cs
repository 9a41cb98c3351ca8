using Dominion.Buses;

namespace Dominion.Devices.Pci;

/// <summary>A base address register.</summary>
/// <param name="Index">0 to 5; a 64-bit one takes the next index too.</param>
/// <param name="Kind">Port or memory space, and the width of the register.</param>
/// <param name="Size">The length in bytes, a power of two: at least 4 for ports, 16 for memory.</param>
/// <param name="Target">What answers in the range.</param>
public sealed record PciBar(int Index, PciBarKind Kind, ulong Size, IBusTarget Target);
