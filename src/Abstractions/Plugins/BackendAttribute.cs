namespace Dominion.Plugins;

/// <summary>Exports the backend of a split driver by name; the class implements <see cref="Split.IBackendFactory"/>.</summary>
public sealed class BackendAttribute : PluginExportAttribute
{
    /// <summary>Exports the backend of a split driver.</summary>
    /// <param name="name">The name that manifests use.</param>
    public BackendAttribute(string name)
        : base(ExportKind.Backend, name, typeof(Split.IBackendFactory))
    {
    }
}
