namespace Dominion.Devices.Pci;

/// <summary>An entry of a function's capability list.</summary>
/// <param name="Id">The capability id.</param>
/// <param name="Body">The bytes after id and next pointer, as they are after reset.</param>
/// <param name="IsLive">True when reads and writes of the body go to the function instead of being constant.</param>
public sealed record PciCapability(byte Id, ReadOnlyMemory<byte> Body, bool IsLive = false);
