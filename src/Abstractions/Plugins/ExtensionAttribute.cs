namespace Dominion.Plugins;

/// <summary>Exports a virtualization extension by name; the class implements <see cref="Cpu.ICpuExtensionFactory"/>.</summary>
public sealed class ExtensionAttribute : PluginExportAttribute
{
    /// <summary>Exports a virtualization extension.</summary>
    /// <param name="name">The name that manifests use.</param>
    public ExtensionAttribute(string name)
        : base(ExportKind.Extension, name, typeof(Cpu.ICpuExtensionFactory))
    {
    }
}
