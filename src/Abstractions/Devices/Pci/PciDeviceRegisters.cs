namespace Dominion.Devices.Pci;

/// <summary>Registers of a function's own in its configuration space, after the header (PCI Local Bus 3.0, 6.1: the device dependent region). They keep what is written and have no other effect. Capabilities come after the last of them.</summary>
/// <param name="Offset">The offset of the first byte, 0x40 to 0xFF.</param>
/// <param name="Initial">The bytes as they are after reset.</param>
/// <param name="Writable">For each byte the bits that can be written; as long as <paramref name="Initial"/>.</param>
public sealed record PciDeviceRegisters(int Offset, ReadOnlyMemory<byte> Initial, ReadOnlyMemory<byte> Writable);
