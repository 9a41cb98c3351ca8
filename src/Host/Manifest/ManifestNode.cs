using Dominion.Diagnostics;

namespace Dominion.Host.Manifest;

/// <summary>A node of a manifest's text, with its place. Immutable; the same for YAML and JSON.</summary>
/// <param name="Location">Where the node starts.</param>
public abstract record ManifestNode(SourceLocation Location)
{
    /// <summary>What the node is, for messages.</summary>
    public abstract string Description { get; }
}
