namespace Dominion.Plugins;

/// <summary>The metadata view of a <see cref="PluginExportAttribute"/>, as System.Composition hands it to an importer.</summary>
public sealed class PluginExportMetadata
{
    /// <summary>What is exported.</summary>
    public ExportKind Kind { get; set; }

    /// <summary>The export's name.</summary>
    public string Name { get; set; } = "";

    /// <summary>The options type, or null.</summary>
    public Type? Options { get; set; }

    /// <summary>One line on what the export is.</summary>
    public string Summary { get; set; } = "";
}
