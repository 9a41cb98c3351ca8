using Dominion.Host.Manifest;
using Dominion.Host.Plugins;

namespace Dominion.Host.Composition;

/// <summary>What a plan was composed from: enough to compose it again.</summary>
/// <param name="Name">The machine's name: the manifest's, or that of its file.</param>
/// <param name="IsNamed">Whether the manifest gives the name.</param>
/// <param name="Manifest">The manifest, overrides applied.</param>
/// <param name="PluginRoots">The absolute paths of the plugin folders that the manifest and the command line name.</param>
/// <param name="Plugins">The plugins that the machine uses, by id.</param>
public sealed record MachineSource(string Name, bool IsNamed, ManifestDocument Manifest, IReadOnlyList<string> PluginRoots, IReadOnlyList<PluginDescriptor> Plugins);
