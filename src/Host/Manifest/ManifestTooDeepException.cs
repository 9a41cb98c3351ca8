using Dominion.Diagnostics;

namespace Dominion.Host.Manifest;

/// <summary>Leaves a parser's recursion when the text is nested too deep; never leaves the parser.</summary>
internal sealed class ManifestTooDeepException(SourceLocation location) : Exception
{
    public SourceLocation Location { get; } = location;
}
