using Dominion.Diagnostics;

namespace Dominion.Host.Manifest;

/// <summary>One key of a mapping with its value.</summary>
/// <param name="Key">The key.</param>
/// <param name="Location">Where the key is.</param>
/// <param name="Value">The value.</param>
public sealed record ManifestEntry(string Key, SourceLocation Location, ManifestNode Value);
