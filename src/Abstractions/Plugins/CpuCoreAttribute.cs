namespace Dominion.Plugins;

/// <summary>Exports a CPU core by name; the class implements <see cref="Cpu.ICpuCoreFactory"/>.</summary>
public sealed class CpuCoreAttribute : PluginExportAttribute
{
    /// <summary>Exports a CPU core.</summary>
    /// <param name="name">The name that manifests use.</param>
    public CpuCoreAttribute(string name)
        : base(ExportKind.CpuCore, name, typeof(Cpu.ICpuCoreFactory))
    {
    }
}
