namespace Dominion.Devices;

/// <summary>A range of a physical memory map.</summary>
/// <param name="Start">The first address.</param>
/// <param name="Length">The length in bytes.</param>
/// <param name="Type">What is there.</param>
public readonly record struct MemoryMapEntry(ulong Start, ulong Length, MemoryMapType Type);
