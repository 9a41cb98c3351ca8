using Dominion.Diagnostics;

namespace Dominion.Host.Manifest;

/// <summary>A single value.</summary>
/// <param name="Location">Where it starts.</param>
/// <param name="Text">The value's text, without quotes.</param>
/// <param name="IsQuoted">Whether it was written in quotes, which makes it a text and nothing else.</param>
public sealed record ManifestScalar(SourceLocation Location, string Text, bool IsQuoted) : ManifestNode(Location)
{
    /// <summary>Whether the value is absent: nothing, <c>~</c> or <c>null</c>.</summary>
    public bool IsNull => !IsQuoted && Text is "" or "~" or "null";

    /// <inheritdoc/>
    public override string Description => IsNull ? "nothing" : $"'{(Text.Length > 60 ? Text[..60] + "..." : Text)}'";
}
