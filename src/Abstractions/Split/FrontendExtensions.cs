using System.Globalization;

namespace Dominion.Split;

/// <summary>What most backends do with a frontend.</summary>
public static class FrontendExtensions
{
    /// <summary>Reads a number that must be there.</summary>
    /// <param name="frontend">The frontend.</param>
    /// <param name="key">The key in its folder.</param>
    /// <returns>The number.</returns>
    /// <exception cref="FrontendException">The key is missing or no decimal number of 32 bits.</exception>
    public static uint ReadNumber(this IFrontend frontend, string key)
    {
        ArgumentNullException.ThrowIfNull(frontend);
        string text = frontend.Read(key) ?? throw new FrontendException($"'{key}' is missing");
        return uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint value) ? value : throw new FrontendException($"'{key}' is no number");
    }

    /// <summary>Reads a number that may be missing.</summary>
    /// <param name="frontend">The frontend.</param>
    /// <param name="key">The key in its folder.</param>
    /// <param name="missing">The value of a missing key.</param>
    /// <returns>The number.</returns>
    /// <exception cref="FrontendException">The key is no decimal number of 32 bits.</exception>
    public static uint ReadNumber(this IFrontend frontend, string key, uint missing)
    {
        ArgumentNullException.ThrowIfNull(frontend);
        return frontend.Read(key) is null ? missing : frontend.ReadNumber(key);
    }

    /// <summary>Maps a ring of consecutive grants.</summary>
    /// <param name="frontend">The frontend.</param>
    /// <param name="references">The ring's grants, page by page.</param>
    /// <param name="entrySize">The size in bytes of the protocol's larger one of request and response.</param>
    /// <returns>The ring.</returns>
    /// <exception cref="FrontendException">A grant is refused, or the ring's indices are impossible.</exception>
    public static BackendRing MapRing(this IFrontend frontend, ReadOnlySpan<uint> references, int entrySize)
    {
        ArgumentNullException.ThrowIfNull(frontend);
        return frontend.TryMap(references, true, out IGrantedMemory? memory)
            ? new BackendRing(memory, entrySize)
            : throw new FrontendException($"the ring's grants cannot be mapped: {string.Join(", ", references.ToArray())}");
    }
}
