namespace Dominion.Plugins;

/// <summary>Exports the frontend of a split driver by name; the class implements <see cref="Split.IFrontendFactory"/>.</summary>
public sealed class FrontendAttribute : PluginExportAttribute
{
    /// <summary>Exports the frontend of a split driver.</summary>
    /// <param name="name">The name that manifests use.</param>
    public FrontendAttribute(string name)
        : base(ExportKind.Frontend, name, typeof(Split.IFrontendFactory))
    {
    }
}
