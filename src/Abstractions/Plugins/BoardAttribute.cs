namespace Dominion.Plugins;

/// <summary>Exports a board by name; the class implements <see cref="Devices.IBoardFactory"/>.</summary>
public sealed class BoardAttribute : PluginExportAttribute
{
    /// <summary>Exports a board.</summary>
    /// <param name="name">The name that manifests use.</param>
    public BoardAttribute(string name)
        : base(ExportKind.Board, name, typeof(Devices.IBoardFactory))
    {
    }
}
