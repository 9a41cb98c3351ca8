using Dominion.Diagnostics;

namespace Dominion.Host.Manifest;

/// <summary>A list.</summary>
/// <param name="Location">Where it starts.</param>
/// <param name="Items">Its items.</param>
public sealed record ManifestSequence(SourceLocation Location, IReadOnlyList<ManifestNode> Items) : ManifestNode(Location)
{
    /// <inheritdoc/>
    public override string Description => "a list";
}
