namespace Dominion.Services;

/// <summary>A source of random bytes.</summary>
public interface IEntropySource
{
    /// <summary>Fills a buffer. Safe from any thread.</summary>
    /// <param name="destination">Takes the bytes.</param>
    void Fill(Span<byte> destination);
}
