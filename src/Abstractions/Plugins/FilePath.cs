namespace Dominion.Plugins;

/// <summary>A path of the host. A relative path in a manifest is relative to the manifest's own folder; the host hands it to the plugin absolute.</summary>
/// <param name="Value">The absolute path.</param>
public readonly record struct FilePath(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}
