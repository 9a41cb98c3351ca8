namespace Dominion.Services;

/// <summary>A disk's content, without any device or protocol. Safe from any thread; operations on ranges that overlap are not ordered. No member throws for a guest's sake.</summary>
public interface IBlockStore
{
    /// <summary>The size of a logical sector in bytes: 512 or 4096.</summary>
    int SectorSize { get; }

    /// <summary>The length in bytes, a multiple of <see cref="SectorSize"/>.</summary>
    ulong Length { get; }

    /// <summary>Whether writes are refused.</summary>
    bool IsReadOnly { get; }

    /// <summary>Reads whole sectors.</summary>
    /// <param name="offset">The byte offset, a multiple of the sector size.</param>
    /// <param name="destination">Takes the bytes; whole sectors.</param>
    /// <returns>How it ended.</returns>
    BlockStatus Read(ulong offset, Span<byte> destination);

    /// <summary>Writes whole sectors.</summary>
    /// <param name="offset">The byte offset, a multiple of the sector size.</param>
    /// <param name="source">The bytes; whole sectors.</param>
    /// <returns>How it ended.</returns>
    BlockStatus Write(ulong offset, ReadOnlySpan<byte> source);

    /// <summary>Makes every completed write durable.</summary>
    /// <returns>How it ended.</returns>
    BlockStatus Flush();

    /// <summary>Forgets whole sectors; they read as zeros afterwards or as they were.</summary>
    /// <param name="offset">The byte offset, a multiple of the sector size.</param>
    /// <param name="length">The length in bytes, a multiple of the sector size.</param>
    /// <returns>How it ended.</returns>
    BlockStatus Discard(ulong offset, ulong length);
}
