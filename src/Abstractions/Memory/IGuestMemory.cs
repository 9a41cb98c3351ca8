namespace Dominion.Memory;

/// <summary>Guest-physical memory as a bus-mastering device or a loader sees it: RAM only. Safe from any thread; a copy is not atomic, but an aligned one of at most eight bytes is.</summary>
public interface IGuestMemory
{
    /// <summary>Reads RAM.</summary>
    /// <param name="address">The guest-physical address.</param>
    /// <param name="destination">Takes the bytes.</param>
    /// <returns>False, with nothing promised about the destination, when a byte of the range is not RAM or the device may not master the bus.</returns>
    bool TryRead(ulong address, Span<byte> destination);

    /// <summary>Writes RAM; decoded code made from it becomes stale at once.</summary>
    /// <param name="address">The guest-physical address.</param>
    /// <param name="source">The bytes.</param>
    /// <returns>False when a byte of the range is not writable RAM or the device may not master the bus; then nothing is written.</returns>
    bool TryWrite(ulong address, ReadOnlySpan<byte> source);
}
