using Dominion.Diagnostics;
using Dominion.Host.Manifest;
using Dominion.Host.Manifest.Options;
using Dominion.Host.Plugins;
using Dominion.Plugins;
using Dominion.Tools;

namespace Dominion.Host.Tools;

/// <summary>Runs the verbs that plugins bring.</summary>
/// <param name="catalog">The plugins.</param>
public sealed class ToolRunner(PluginCatalog catalog)
{
    /// <summary>The tools that are present, sorted by name; known by metadata alone.</summary>
    public IReadOnlyList<ExportDescriptor> Tools =>
        [.. catalog.Exports.Where(export => export.Kind == ExportKind.Tool).OrderBy(export => export.Name, StringComparer.Ordinal)];

    /// <summary>The options of a tool; loads its plugin.</summary>
    /// <param name="tool">The tool.</param>
    /// <returns>The options in the order of their declaration; none when the tool takes none.</returns>
    /// <exception cref="DiagnosticException">The plugin does not load, or its options type cannot be used.</exception>
    public IReadOnlyList<OptionProperty> Options(ExportDescriptor tool) => Model(tool)?.Properties ?? [];

    /// <summary>Runs a tool.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="values">The options that are given, by name, as a manifest would write them. Where an option is a list, its items.</param>
    /// <param name="output">Takes the result.</param>
    /// <param name="error">Takes what is said besides.</param>
    /// <param name="cancelled">Ends the work.</param>
    /// <param name="diagnostics">What is wrong with the options; not empty when the tool did not run.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="DiagnosticException">The plugin does not load, or the tool refuses.</exception>
    public int Run(
        ExportDescriptor tool,
        IReadOnlyDictionary<string, IReadOnlyList<string>> values,
        TextWriter output,
        TextWriter error,
        CancellationToken cancelled,
        out IReadOnlyList<Diagnostic> diagnostics)
    {
        object? options = null;
        diagnostics = [];
        if (Model(tool) is { } model)
        {
            var bag = new DiagnosticBag();
            var scope = new OptionScope(Environment.CurrentDirectory, new Dictionary<string, Type?>(), HasConsole: false);
            options = new OptionBinder(scope, bag).Bind(model, Entries(model, values), new SourceLocation(tool.Name, 0, 0), $"the tool '{tool.Name}'");
            diagnostics = bag.ToList();
            if (options is null)
                return 0;
        }

        ITool instance = catalog.GetFactory<ITool>(tool, out Diagnostic? problem) ?? throw new DiagnosticException(problem!);
        return instance.Run(new ToolContext(catalog, output, error, cancelled), options);
    }

    private static IEnumerable<ManifestEntry> Entries(OptionsModel model, IReadOnlyDictionary<string, IReadOnlyList<string>> values)
    {
        foreach ((string name, IReadOnlyList<string> given) in values)
        {
            var location = new SourceLocation($"--{name}", 0, 0);
            ManifestNode[] items = [.. given.Select(text => new ManifestScalar(location, text, IsQuoted: false))];
            bool isList = model.Find(name)?.Type.Kind == OptionKind.List;
            yield return new ManifestEntry(name, location, isList ? new ManifestSequence(location, items) : items[^1]);
        }
    }

    private OptionsModel? Model(ExportDescriptor tool)
    {
        Type? type = catalog.GetOptionsType(tool, out Diagnostic? problem);
        if (problem is not null)
            throw new DiagnosticException(problem);
        if (type is null)
            return null;
        return OptionsModel.Create(type, out string? why)
            ?? throw new DiagnosticException(PluginDiagnosticIds.BadOptionsType, $"the options of the tool '{tool.Name}' of plugin '{tool.PluginId}' cannot be used: {why}");
    }
}
