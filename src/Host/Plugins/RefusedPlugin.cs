using Dominion.Diagnostics;

namespace Dominion.Host.Plugins;

/// <summary>A plugin that was found and cannot be used.</summary>
/// <param name="Plugin">What its metadata says.</param>
/// <param name="Reason">Why it is refused.</param>
public sealed record RefusedPlugin(PluginDescriptor Plugin, Diagnostic Reason);
