namespace Dominion.Host.Plugins;

/// <summary>A plugin as its assembly's metadata describes it; nothing of the plugin has run.</summary>
/// <param name="Id">The plugin's id.</param>
/// <param name="Version">The assembly's informational version without build metadata, or its version.</param>
/// <param name="MinimumLevel">The lowest contract level that it works with.</param>
/// <param name="MaximumLevel">The highest contract level that it works with.</param>
/// <param name="Description">One line on what it brings, or an empty text.</param>
/// <param name="Collectible">Whether its load context may be unloaded.</param>
/// <param name="AssemblyPath">The absolute path of its assembly.</param>
/// <param name="Exports">Its exports, by kind and name.</param>
/// <param name="PartTypeNames">The full names of every class that it exports to System.Composition, the named exports among them.</param>
/// <param name="References">The simple names of the assemblies that its own assembly references.</param>
public sealed record PluginDescriptor(
    string Id,
    string Version,
    int MinimumLevel,
    int MaximumLevel,
    string Description,
    bool Collectible,
    string AssemblyPath,
    IReadOnlyList<ExportDescriptor> Exports,
    IReadOnlyList<string> PartTypeNames,
    IReadOnlyList<string> References)
{
    /// <summary>The plugin's folder.</summary>
    public string Folder => Path.GetDirectoryName(AssemblyPath)!;
}
