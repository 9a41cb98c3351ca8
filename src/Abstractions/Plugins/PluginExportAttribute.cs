using System.Composition;

namespace Dominion.Plugins;

/// <summary>The base of the attributes that export a plugin's parts by kind and name.</summary>
[MetadataAttribute]
[AttributeUsage(AttributeTargets.Class)]
public abstract class PluginExportAttribute : ExportAttribute
{
    private protected PluginExportAttribute(ExportKind kind, string name, Type contract)
        : base(contract)
    {
        Kind = kind;
        Name = name;
    }

    /// <summary>What is exported.</summary>
    public ExportKind Kind { get; }

    /// <summary>The name by which a manifest asks for the export: lower case letters, digits, <c>-</c> and <c>.</c>.</summary>
    public string Name { get; }

    /// <summary>The type whose properties are the export's options in a manifest, or null when it takes none. Needs a public constructor without parameters; a property's initial value is the option's default.</summary>
    public Type? Options { get; set; }

    /// <summary>One line on what the export is.</summary>
    public string Summary { get; set; } = "";
}
