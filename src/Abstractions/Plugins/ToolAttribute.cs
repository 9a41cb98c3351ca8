namespace Dominion.Plugins;

/// <summary>Exports a verb of the command line by name; the class implements <see cref="Tools.ITool"/>.</summary>
public sealed class ToolAttribute : PluginExportAttribute
{
    /// <summary>Exports a tool.</summary>
    /// <param name="name">The verb.</param>
    public ToolAttribute(string name)
        : base(ExportKind.Tool, name, typeof(Tools.ITool))
    {
    }
}
