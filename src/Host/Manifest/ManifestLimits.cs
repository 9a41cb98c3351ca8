namespace Dominion.Host.Manifest;

/// <summary>What a manifest may cost to read. A person's manifest is far below each.</summary>
internal static class ManifestLimits
{
    /// <summary>The most bytes of a file.</summary>
    public const int Bytes = 1 << 20;

    /// <summary>The deepest nesting.</summary>
    public const int Depth = 32;

    /// <summary>The most diagnostics that one stage gives before it stops counting.</summary>
    public const int Diagnostics = 200;
}
