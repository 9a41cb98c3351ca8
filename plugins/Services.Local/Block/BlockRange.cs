namespace Dominion.Services.Local.Block;

/// <summary>The check that every block store makes first.</summary>
internal static class BlockRange
{
    /// <summary>Whether a range is of whole sectors and inside a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="offset">The byte offset.</param>
    /// <param name="length">The length in bytes.</param>
    /// <returns>True when it is.</returns>
    public static bool IsInside(IBlockStore store, ulong offset, ulong length)
    {
        uint mask = (uint)store.SectorSize - 1;
        return (offset & mask) == 0 && (length & mask) == 0 && offset <= store.Length && length <= store.Length - offset;
    }
}
