using System.Composition;
using Dominion.Plugins;

namespace Dominion.Host.Plugins;

/// <summary>
/// A <see cref="PluginExportAttribute"/> as System.Composition reads it: it takes metadata only from properties that the
/// attribute's own class declares, and those of the contracts' attributes are declared by their base.
/// </summary>
[MetadataAttribute]
internal sealed class NamedExportAttribute(PluginExportAttribute source) : ExportAttribute(source.ContractType)
{
    public ExportKind Kind { get; } = source.Kind;

    public string Name { get; } = source.Name;

    public Type? Options { get; } = source.Options;

    public string Summary { get; } = source.Summary;
}
