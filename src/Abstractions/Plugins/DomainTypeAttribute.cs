namespace Dominion.Plugins;

/// <summary>Exports a domain type by name; the class implements <see cref="Domains.IDomainTypeFactory"/>.</summary>
public sealed class DomainTypeAttribute : PluginExportAttribute
{
    /// <summary>Exports a domain type.</summary>
    /// <param name="name">The name that manifests use.</param>
    public DomainTypeAttribute(string name)
        : base(ExportKind.DomainType, name, typeof(Domains.IDomainTypeFactory))
    {
    }
}
