namespace Dominion.Buses;

/// <summary>One access as its target sees it.</summary>
/// <param name="Offset">Bytes from the start of the target's mapping.</param>
/// <param name="Width">How many bytes.</param>
/// <param name="Initiator">The index of the vCPU that asks, or -1 for a bus master.</param>
public readonly record struct BusAccess(ulong Offset, AccessWidth Width, int Initiator);
