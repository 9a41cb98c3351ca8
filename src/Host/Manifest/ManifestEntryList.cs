using Dominion.Diagnostics;

namespace Dominion.Host.Manifest;

/// <summary>Collects a mapping's entries and reports a key that occurs twice.</summary>
internal sealed class ManifestEntryList(DiagnosticBag diagnostics)
{
    private readonly List<ManifestEntry> _entries = [];
    private readonly Dictionary<string, SourceLocation> _seen = new(StringComparer.Ordinal);

    public void Add(string key, SourceLocation location, ManifestNode value)
    {
        if (_seen.TryAdd(key, location))
            _entries.Add(new ManifestEntry(key, location, value));
        else
            diagnostics.Error(ManifestDiagnosticIds.DuplicateKey, $"the key '{key}' occurs twice", location, $"the first is at line {_seen[key].Line}, column {_seen[key].Column}");
    }

    public IReadOnlyList<ManifestEntry> ToList() => _entries;
}
