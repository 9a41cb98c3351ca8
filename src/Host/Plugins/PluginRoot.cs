using Dominion.Diagnostics;

namespace Dominion.Host.Plugins;

/// <summary>A directory whose subdirectories are plugin folders. A directory that holds a plugin's assembly itself is one plugin folder.</summary>
/// <param name="Path">The directory.</param>
/// <param name="Optional">Whether it may be missing without a diagnostic: true only for <c>plugins/</c> beside the host.</param>
/// <param name="Location">Where it is asked for, or null.</param>
public sealed record PluginRoot(string Path, bool Optional = false, SourceLocation? Location = null);
