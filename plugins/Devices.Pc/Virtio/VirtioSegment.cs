namespace Dominion.Devices.Pc.Virtio;

/// <summary>One buffer of a descriptor chain.</summary>
/// <param name="Address">The guest-physical address.</param>
/// <param name="Length">The length in bytes.</param>
internal readonly record struct VirtioSegment(ulong Address, uint Length);
