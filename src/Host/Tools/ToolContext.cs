using Dominion.Diagnostics;
using Dominion.Host.Manifest;
using Dominion.Host.Plugins;
using Dominion.Plugins;
using Dominion.Tools;

namespace Dominion.Host.Tools;

/// <summary>What a tool is given.</summary>
internal sealed class ToolContext(PluginCatalog catalog, TextWriter output, TextWriter error, CancellationToken cancelled) : IToolContext
{
    public TextWriter Output => output;

    public TextWriter Error => error;

    public CancellationToken Cancelled => cancelled;

    public IReadOnlyList<string> Names(ExportKind kind) => catalog.Names(kind);

    public TFactory Find<TFactory>(ExportKind kind, string name)
        where TFactory : class
    {
        IReadOnlyList<ExportDescriptor> found = catalog.Find(kind, name);
        string what = ExportKindNames.Of(kind);
        if (found.Count == 0)
            throw new DiagnosticException(PluginDiagnosticIds.NoSuchExport, $"no plugin exports the {what} '{name}'", Suggest.For(name, catalog.Names(kind)));
        if (found.Count > 1)
            throw new DiagnosticException(PluginDiagnosticIds.AmbiguousExport, $"several plugins export the {what} '{name}'", string.Join(" or ", found.Select(export => export.QualifiedName)));
        return catalog.GetFactory<TFactory>(found[0], out Diagnostic? problem) ?? throw new DiagnosticException(problem!);
    }
}
