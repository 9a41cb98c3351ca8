using Dominion.Diagnostics;
using Dominion.Host.Manifest;
using Dominion.Host.Manifest.Options;
using Dominion.Host.Plugins;
using Dominion.Plugins;

namespace Dominion.Host.Composition;

/// <summary>Finds what a manifest names among the plugins, makes its factory and binds its options.</summary>
internal sealed class ExportResolver(PluginCatalog catalog, DiagnosticBag diagnostics)
{
    private readonly Dictionary<ExportDescriptor, OptionsModel?> _models = [];
    private readonly HashSet<ExportDescriptor> _badModels = [];
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly HashSet<string> _needed = new(StringComparer.Ordinal);

    /// <summary>The plugins that are refused and that the manifest needs, by the path of their assembly.</summary>
    public IReadOnlySet<string> NeededRefusedPlugins => _needed;

    /// <summary>The plugins of which something is used, by id.</summary>
    public IReadOnlyList<PluginDescriptor> UsedPlugins => [.. catalog.Plugins.Where(plugin => _used.Contains(plugin.Id)).OrderBy(plugin => plugin.Id, StringComparer.Ordinal)];

    /// <summary>The names of the exports of a kind.</summary>
    public IReadOnlyList<string> Names(ExportKind kind) => catalog.Names(kind);

    /// <summary>Whether an entry names an export of a kind, in whatever way.</summary>
    public bool Mentions(ExportKind kind, ManifestNode node) => node switch
    {
        ManifestScalar scalar => catalog.Find(kind, scalar.Text).Count > 0,
        ManifestMapping mapping => mapping.Entries.Any(entry => catalog.Find(kind, entry.Key).Count > 0),
        _ => false,
    };

    /// <summary>Finds an export by the name that the manifest gives; what is wrong is reported.</summary>
    public ExportDescriptor? Find(ExportKind kind, string name, SourceLocation? location)
    {
        string what = ExportKindNames.Of(kind);
        IReadOnlyList<ExportDescriptor> found = catalog.Find(kind, name);
        if (found.Count == 1)
            return found[0];
        if (found.Count > 1)
        {
            diagnostics.Error(
                PluginDiagnosticIds.AmbiguousExport,
                $"the {what} '{name}' is exported by {string.Join(" and by ", found.Select(export => $"plugin '{export.PluginId}'"))}",
                location,
                $"write {string.Join(" or ", found.Select(export => $"'{export.QualifiedName}'"))}");
            return null;
        }

        string plain = name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..];
        string? pluginId = plain.Length == name.Length ? null : name[..(name.Length - plain.Length - 1)];
        if (catalog.Refused.FirstOrDefault(refused => refused.Plugin.Exports.Any(export =>
            export.Kind == kind && export.Name == plain && (pluginId is null || refused.Plugin.Id == pluginId))) is { } culprit)
        {
            _needed.Add(culprit.Plugin.AssemblyPath);
            diagnostics.Error(PluginDiagnosticIds.NoSuchExport, $"there is no {what} '{name}': plugin '{culprit.Plugin.Id}', which exports it, is refused ({culprit.Reason.Id})", location);
        }
        else if (pluginId is not null && catalog.Plugins.All(plugin => plugin.Id != pluginId))
        {
            diagnostics.Error(PluginDiagnosticIds.NoSuchPlugin, $"there is no plugin '{pluginId}'", location, Suggest.For(pluginId, catalog.Plugins.Select(plugin => plugin.Id)));
        }
        else
        {
            diagnostics.Error(
                PluginDiagnosticIds.NoSuchExport,
                $"there is no {what} '{name}'",
                location,
                Suggest.For(plain, catalog.Names(kind)) ?? (catalog.Names(kind).Count == 0 ? $"no plugin exports a {what}" : null));
        }

        return null;
    }

    /// <summary>Finds the export that an entry names: the entry is the name alone, or a mapping in which one key is the name.</summary>
    public ResolvedExport? Resolve(ExportKind kind, ManifestNode node)
    {
        string what = ExportKindNames.Of(kind);
        switch (node)
        {
            case ManifestScalar { IsNull: false } name:
                return Find(kind, name.Text, name.Location) is { } alone ? new ResolvedExport(alone, name.Location, null, []) : null;
            case ManifestMapping { Entries.Count: > 0 } mapping:
                return ResolveMapping(kind, mapping, what);
            default:
                diagnostics.Error(ManifestDiagnosticIds.NoExport, $"the entry names no {what}", node.Location, Suggest.For("", catalog.Names(kind)));
                return null;
        }
    }

    /// <summary>Makes the factory of an export; a failure is reported.</summary>
    public TFactory? Factory<TFactory>(ExportDescriptor export, SourceLocation? location)
        where TFactory : class
    {
        TFactory? factory = catalog.GetFactory<TFactory>(export, out Diagnostic? problem);
        _used.Add(export.PluginId);
        if (factory is null && problem is not null)
            diagnostics.Report(problem with { Location = location ?? problem.Location });
        return factory;
    }

    /// <summary>Reads an export's options type.</summary>
    /// <returns>False when there is one and it cannot be used, which is reported once.</returns>
    public bool TryModel(ExportDescriptor export, SourceLocation? location, out OptionsModel? model)
    {
        if (_models.TryGetValue(export, out model))
            return !_badModels.Contains(export);
        Type? type = catalog.GetOptionsType(export, out Diagnostic? problem);
        if (type is not null)
        {
            model = OptionsModel.Create(type, out string? why);
            if (model is null)
            {
                problem = new Diagnostic(
                    PluginDiagnosticIds.BadOptionsType,
                    DiagnosticSeverity.Error,
                    $"the options of the {ExportKindNames.Of(export.Kind)} '{export.Name}' of plugin '{export.PluginId}' cannot be used: {why}");
            }
        }

        _models.Add(export, model);
        if (problem is null)
            return true;
        _badModels.Add(export);
        diagnostics.Report(problem with { Location = location ?? problem.Location });
        return false;
    }

    /// <summary>Binds an entry's options.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="scope">What options may refer to.</param>
    /// <param name="defaults">What a board gives for options that are not set, or null.</param>
    /// <param name="options">The bound options, or null when the export takes none.</param>
    /// <returns>Whether all is well; if not, it is reported.</returns>
    public bool TryBind(ResolvedExport entry, OptionScope scope, IReadOnlyDictionary<string, object>? defaults, out object? options)
    {
        options = null;
        if (!TryModel(entry.Export, entry.Location, out OptionsModel? model))
            return false;
        string owner = $"the {ExportKindNames.Of(entry.Export.Kind)} '{entry.Export.Name}'";
        if (model is null)
        {
            if (entry.Value is null && entry.Options.Count == 0)
                return true;
            diagnostics.Error(ManifestDiagnosticIds.NoOptions, $"{owner} takes no options", entry.Value?.Location ?? entry.Options[0].Location);
            return false;
        }

        var entries = new List<ManifestEntry>(entry.Options);
        if (entry.Value is not null)
        {
            if (model.Primary is not { } primary)
            {
                diagnostics.Error(
                    ManifestDiagnosticIds.NoOptions,
                    $"{owner} takes no single value",
                    entry.Value.Location,
                    model.Properties.Count == 0 ? null : $"its options are {string.Join(", ", model.Properties.Select(property => property.Name))}");
                return false;
            }

            if (entry.Options.FirstOrDefault(option => option.Key == primary.Name) is { } twice)
            {
                diagnostics.Error(ManifestDiagnosticIds.DuplicateKey, $"'{primary.Name}' is given twice: beside the name of {owner} and as a key", twice.Location);
                return false;
            }

            entries.Insert(0, new ManifestEntry(primary.Name, entry.Location, entry.Value));
        }

        var binder = new OptionBinder(scope, diagnostics);
        object preset = model.CreateDefault();
        var presetNames = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string name, object value) in defaults ?? new Dictionary<string, object>())
        {
            if (model.Find(name) is not { } property || entries.Any(given => given.Key == name))
                continue;
            if (binder.TryPreset(property, preset, value))
                presetNames.Add(name);
            else
                diagnostics.Error(PluginDiagnosticIds.BadSlot, $"{owner} cannot take '{name}: {value}', which its slot gives it", entry.Location);
        }

        options = binder.Bind(model, entries, entry.Location, owner, preset, presetNames, entry.Export.Kind == ExportKind.DomainType ? ManifestKeys.DomainKeys : null);
        return options is not null;
    }

    private ResolvedExport? ResolveMapping(ExportKind kind, ManifestMapping mapping, string what)
    {
        ManifestEntry[] named = [.. mapping.Entries.Where(entry => catalog.Find(kind, entry.Key).Count > 0)];
        if (named.Length > 1)
        {
            // A key may be an export's name and also an option of another export in the same entry.
            ManifestEntry[] owners = [.. named.Where(candidate => named.All(other => other == candidate || IsOptionOf(kind, candidate.Key, other.Key)))];
            if (owners.Length != 1)
            {
                diagnostics.Error(
                    ManifestDiagnosticIds.SeveralExports,
                    $"the entry names several of a kind: {string.Join(", ", named.Select(entry => $"'{entry.Key}'"))}",
                    named[1].Location,
                    "write one entry for each");
                return null;
            }

            named = owners;
        }

        // None is known: the first names the export, unless another one is so near to a name that it must be meant.
        ManifestEntry key = named.Length == 1
            ? named[0]
            : mapping.Entries.FirstOrDefault(entry => Suggest.Nearest(entry.Key, catalog.Names(kind)) is not null) ?? mapping.Entries[0];
        if (Find(kind, key.Key, key.Location) is not { } export)
            return null;
        ManifestEntry[] beside = [.. mapping.Entries.Where(entry => entry != key)];
        switch (key.Value)
        {
            case ManifestMapping inside when beside.Length > 0 && inside.Entries.Count > 0:
                diagnostics.Error(
                    ManifestDiagnosticIds.MixedOptions,
                    $"the options of the {what} '{key.Key}' are given both inside its mapping and beside it",
                    beside[0].Location,
                    "write all of them in one place");
                return null;
            case ManifestMapping inside:
                return new ResolvedExport(export, key.Location, null, beside.Length > 0 ? beside : inside.Entries);
            case ManifestScalar { IsNull: true }:
                return new ResolvedExport(export, key.Location, null, beside);
            default:
                return new ResolvedExport(export, key.Location, key.Value, beside);
        }
    }

    private bool IsOptionOf(ExportKind kind, string exportName, string optionName)
    {
        IReadOnlyList<ExportDescriptor> found = catalog.Find(kind, exportName);
        return found.Count == 1 && TryModel(found[0], null, out OptionsModel? model) && model?.Find(optionName) is not null;
    }
}
