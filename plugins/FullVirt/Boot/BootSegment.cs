namespace Dominion.FullVirt.Boot;

/// <summary>Bytes that a loader puts in guest-physical memory.</summary>
/// <param name="Address">The first byte's guest-physical address.</param>
/// <param name="Data">The bytes.</param>
/// <param name="MemorySize">How long the segment is in memory; what <paramref name="Data"/> does not fill is zeroed.</param>
internal readonly record struct BootSegment(ulong Address, ReadOnlyMemory<byte> Data, ulong MemorySize)
{
    /// <summary>A segment without a tail of zeroes.</summary>
    public BootSegment(ulong address, ReadOnlyMemory<byte> data)
        : this(address, data, (ulong)data.Length)
    {
    }
}
