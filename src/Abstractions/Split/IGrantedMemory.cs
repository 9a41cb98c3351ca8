namespace Dominion.Split;

/// <summary>
/// Frames that a frontend has granted, as one piece; dispose it to let them go. The frontend writes to them at any time: copy first, then check, then use
/// the copy. Safe from any thread. After the mapping has ended every member throws <see cref="ObjectDisposedException"/>; it touches no frame any more.
/// </summary>
public interface IGrantedMemory : IDisposable
{
    /// <summary>The length in bytes, a multiple of 4096.</summary>
    int Length { get; }

    /// <summary>Whether it may be written.</summary>
    bool IsWritable { get; }

    /// <summary>Copies bytes out; not as one access.</summary>
    /// <param name="offset">The first byte.</param>
    /// <param name="destination">Takes the bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside.</exception>
    void Read(int offset, Span<byte> destination);

    /// <summary>Copies bytes in; not as one access.</summary>
    /// <param name="offset">The first byte.</param>
    /// <param name="source">The bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside.</exception>
    /// <exception cref="InvalidOperationException">The mapping is read-only.</exception>
    void Write(int offset, ReadOnlySpan<byte> source);

    /// <summary>Reads four bytes, little-endian, in one access before all later ones of this thread.</summary>
    /// <param name="offset">The offset, a multiple of 4.</param>
    /// <returns>The value.</returns>
    uint ReadUInt32(int offset);

    /// <summary>Writes four bytes, little-endian, in one access after all earlier ones of this thread.</summary>
    /// <param name="offset">The offset, a multiple of 4.</param>
    /// <param name="value">The value.</param>
    void WriteUInt32(int offset, uint value);
}
