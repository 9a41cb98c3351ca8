namespace Dominion.Paravirt.Xen.Building.Images;

/// <summary>A part of a kernel to load.</summary>
/// <param name="PhysicalStart">The pseudo-physical address of its first byte.</param>
/// <param name="VirtualStart">The virtual address of its first byte.</param>
/// <param name="Data">The bytes that come from the file.</param>
/// <param name="MemorySize">Its length in memory in bytes, at least that of <paramref name="Data"/>; the rest is zeroes.</param>
internal readonly record struct PvSegment(ulong PhysicalStart, ulong VirtualStart, ReadOnlyMemory<byte> Data, ulong MemorySize)
{
    /// <summary>The pseudo-physical address behind its last byte.</summary>
    public ulong PhysicalEnd => PhysicalStart + MemorySize;
}
