using Dominion.Plugins;

namespace Dominion.Host.Plugins;

/// <summary>One export of a plugin, as its assembly's metadata describes it; nothing of the plugin has run.</summary>
/// <param name="PluginId">The plugin's id.</param>
/// <param name="Kind">What is exported.</param>
/// <param name="Name">The name that manifests use.</param>
/// <param name="TypeName">The full name of the exporting class.</param>
/// <param name="OptionsTypeName">The name of the options type, or null when the export takes no options.</param>
/// <param name="Summary">One line on what it is, or an empty text.</param>
public sealed record ExportDescriptor(string PluginId, ExportKind Kind, string Name, string TypeName, string? OptionsTypeName, string Summary)
{
    /// <summary>The name that is unique even when two plugins export the same one: <c>pluginid/name</c>.</summary>
    public string QualifiedName => $"{PluginId}/{Name}";
}
