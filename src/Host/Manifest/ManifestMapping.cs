using Dominion.Diagnostics;

namespace Dominion.Host.Manifest;

/// <summary>Keys with values.</summary>
/// <param name="Location">Where it starts.</param>
/// <param name="Entries">The entries in their order; no key occurs twice.</param>
public sealed record ManifestMapping(SourceLocation Location, IReadOnlyList<ManifestEntry> Entries) : ManifestNode(Location)
{
    /// <inheritdoc/>
    public override string Description => "a mapping";

    /// <summary>Finds an entry.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The entry, or null.</returns>
    public ManifestEntry? Find(string key)
    {
        foreach (ManifestEntry entry in Entries)
        {
            if (entry.Key == key)
                return entry;
        }

        return null;
    }
}
