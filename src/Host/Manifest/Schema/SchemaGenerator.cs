using System.Text.Json.Nodes;
using Dominion.Cpu;
using Dominion.Devices;
using Dominion.Diagnostics;
using Dominion.Host.Manifest.Options;
using Dominion.Host.Plugins;
using Dominion.Plugins;

namespace Dominion.Host.Manifest.Schema;

/// <summary>
/// Describes manifests as JSON Schema (draft 2020-12) for the plugins that are present. What only composition can know, such as whether
/// a service exists, is not in it: a manifest that composes validates, and most that do not compose do not validate.
/// </summary>
public sealed class SchemaGenerator
{
    private const string NamePattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$";
    private readonly PluginCatalog _catalog;
    private readonly List<Diagnostic> _diagnostics;
    private readonly JsonObject _definitions = [];

    private SchemaGenerator(PluginCatalog catalog, List<Diagnostic> diagnostics)
    {
        _catalog = catalog;
        _diagnostics = diagnostics;
    }

    /// <summary>Generates the schema. Loads the plugins to read their options.</summary>
    /// <param name="catalog">The plugins.</param>
    /// <param name="diagnostics">Plugins and exports that are left out, and why.</param>
    /// <returns>The schema.</returns>
    public static JsonObject Generate(PluginCatalog catalog, out IReadOnlyList<Diagnostic> diagnostics)
    {
        var problems = new List<Diagnostic>(catalog.Diagnostics);
        JsonObject schema = new SchemaGenerator(catalog, problems).Generate();
        diagnostics = problems;
        return schema;
    }

    private JsonObject Generate()
    {
        _definitions["service"] = Entries(ExportKind.Service, strict: true);
        _definitions["device"] = Entries(ExportKind.Device, strict: true);

        _definitions["split-device"] = Entries(ExportKind.Backend, strict: true);

        // A slot's own defaults may give an option that is required elsewhere.
        _definitions["slot-device"] = Entries(ExportKind.Device, strict: false);
        _definitions["board"] = Entries(ExportKind.Board, strict: true);
        _definitions["domain"] = AnyOf(Exports(ExportKind.DomainType).Select(Domain));
        JsonObject root = SchemaNodes.Object(
            new JsonObject
            {
                [ManifestKeys.Machine] = Machine(),
                [ManifestKeys.Plugins] = SchemaNodes.Described(SchemaNodes.List(SchemaNodes.Text()), "More plugin folders, relative to the manifest.", null),
                [ManifestKeys.Services] = new JsonObject
                {
                    ["type"] = SchemaNodes.OrNull("object"),
                    ["description"] = "What devices are backed by, by name.",
                    ["propertyNames"] = new JsonObject { ["pattern"] = NamePattern, ["not"] = new JsonObject { ["const"] = ManifestKeys.Console } },
                    ["additionalProperties"] = SchemaNodes.Reference("service"),
                },
                [ManifestKeys.Domains] = new JsonObject
                {
                    ["type"] = "array",
                    ["description"] = "The virtual machines.",
                    ["minItems"] = 1,
                    ["items"] = SchemaNodes.Reference("domain"),
                },
            },
            [ManifestKeys.Domains]);
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Dominion manifest",
        };
        foreach ((string key, JsonNode? value) in root)
            schema[key] = value?.DeepClone();
        schema["$defs"] = _definitions;
        return schema;
    }

    private JsonObject Machine()
    {
        JsonObject machine = SchemaNodes.Object(new JsonObject
        {
            [ManifestKeys.Memory] = SchemaNodes.Described(SchemaNodes.Size(), "What all domains share; by default what they need.", null),
            [ManifestKeys.Name] = SchemaNodes.Described(SchemaNodes.Text(), "What the running machine is called; by default the name of its manifest.", null),
            [ManifestKeys.Clock] = SchemaNodes.Described(SchemaNodes.Choice([.. OptionBinder.Choices(typeof(Composition.ClockKind))]), "How time passes: with the host's, or with the instructions that are executed.", "host"),
            [ManifestKeys.Cpu] = Cpu(withCore: true),
        });
        machine["type"] = SchemaNodes.OrNull("object");
        return machine;
    }

    private JsonObject Cpu(bool withCore)
    {
        var models = new SortedSet<string>(StringComparer.Ordinal);
        var engines = new SortedSet<string>(StringComparer.Ordinal) { "auto" };
        var features = new SortedSet<string>(StringComparer.Ordinal);
        foreach (ExportDescriptor export in Exports(ExportKind.CpuCore))
        {
            Ask(export, () =>
            {
                ICpuCoreFactory? factory = _catalog.GetFactory<ICpuCoreFactory>(export, out Diagnostic? problem);
                Report(problem);
                models.UnionWith(factory?.Models ?? []);
                engines.UnionWith(factory?.Engines ?? []);
                features.UnionWith((factory?.Features ?? []).SelectMany(feature => new[] { feature, "-" + feature }));
            });
        }

        features.UnionWith(Exports(ExportKind.Extension).SelectMany(Names));
        JsonObject properties = new()
        {
            [ManifestKeys.Model] = SchemaNodes.Described(SchemaNodes.Choice(models), "The CPU model.", null),
            [ManifestKeys.Engine] = SchemaNodes.Described(SchemaNodes.Choice(engines), "How guest code is run.", "auto"),
            [ManifestKeys.Features] = SchemaNodes.Described(SchemaNodes.List(SchemaNodes.Choice(features)), "Features to add to the model, or with '-' to take away.", null),
        };
        if (withCore)
            properties[ManifestKeys.Core] = SchemaNodes.Described(SchemaNodes.Choice([.. Exports(ExportKind.CpuCore).SelectMany(Names)]), "The CPU core.", null);
        JsonObject cpu = SchemaNodes.Object(properties);
        cpu["type"] = SchemaNodes.OrNull("object");
        return cpu;
    }

    private JsonObject Domain(ExportDescriptor type)
    {
        var properties = new JsonObject
        {
            [ManifestKeys.Name] = new JsonObject { ["type"] = "string", ["pattern"] = NamePattern },
            [ManifestKeys.Type] = SchemaNodes.Described(SchemaNodes.Choice([.. Names(type)]), type.Summary, null),
            [ManifestKeys.Memory] = SchemaNodes.Described(SchemaNodes.Size(), "The domain's RAM, a multiple of 4KiB.", null),
            [ManifestKeys.Vcpus] = new JsonObject { ["type"] = SchemaNodes.OrNull("integer"), ["minimum"] = 1, ["maximum"] = ManifestBinder.MaximumVcpus, ["default"] = 1 },
            [ManifestKeys.Cpu] = Cpu(withCore: false),
        };
        var required = new List<string> { ManifestKeys.Name, ManifestKeys.Type, ManifestKeys.Memory };
        bool usesBoard = false;
        bool usesSplitDevices = false;
        Ask(type, () =>
        {
            Domains.IDomainTypeFactory? factory = _catalog.GetFactory<Domains.IDomainTypeFactory>(type, out Diagnostic? problem);
            usesBoard = factory?.UsesBoard ?? false;
            usesSplitDevices = factory?.UsesSplitDevices ?? false;
            Report(problem);
        });
        if (usesBoard)
        {
            properties[ManifestKeys.Board] = SchemaNodes.Reference("board");
            properties[ManifestKeys.Slots] = Slots();
            required.Add(ManifestKeys.Board);
        }

        if (Devices(usesBoard, usesSplitDevices) is { } devices)
            properties[ManifestKeys.Devices] = devices;

        if (TryModel(type, out OptionsModel? model) && model is not null)
        {
            foreach (OptionProperty option in model.Properties)
                properties[option.Name] ??= SchemaNodes.Option(option);
            required.AddRange(model.Properties.Where(option => option.IsRequired).Select(option => option.Name));
        }

        return SchemaNodes.Object(properties, [.. required.Distinct()]);
    }

    private static JsonObject? Devices(bool usesBoard, bool usesSplitDevices) => (usesBoard, usesSplitDevices) switch
    {
        (true, true) => SchemaNodes.Described(
            SchemaNodes.List(AnyOf([SchemaNodes.Reference("device"), SchemaNodes.Reference("split-device")])), "The devices beside those of the board's slots, and the split devices.", null),
        (true, false) => SchemaNodes.Described(SchemaNodes.List(SchemaNodes.Reference("device")), "The devices beside those of the board's slots.", null),
        (false, true) => SchemaNodes.Described(SchemaNodes.List(SchemaNodes.Reference("split-device")), "The split devices, whose backends are outside the domain.", null),
        _ => null,
    };

    /// <summary>The slots of the boards as they are by default. Options may give a board other slots, so that others are not refused here.</summary>
    private JsonObject Slots()
    {
        var slot = new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["const"] = ManifestKeys.None }, SchemaNodes.Reference("slot-device")) };
        var properties = new JsonObject();
        foreach (ExportDescriptor board in Exports(ExportKind.Board))
        {
            if (!TryModel(board, out OptionsModel? model))
                continue;
            Ask(board, () =>
            {
                foreach (BoardSlot found in _catalog.GetFactory<IBoardFactory>(board, out _)?.GetSlots(model?.CreateDefault()) ?? [])
                    properties[found.Name] = slot.DeepClone();
            });
        }

        return new JsonObject
        {
            ["type"] = SchemaNodes.OrNull("object"),
            ["description"] = "What sits in the board's slots instead of what does by default.",
            ["properties"] = properties,
            ["additionalProperties"] = slot,
        };
    }

    /// <summary>Every way to write an entry that names an export of a kind.</summary>
    private JsonObject Entries(ExportKind kind, bool strict)
    {
        var forms = new List<JsonObject>();
        foreach (ExportDescriptor export in Exports(kind))
        {
            if (!TryModel(export, out OptionsModel? model))
                continue;
            foreach (string name in Names(export))
                forms.AddRange(Entry(export, name, model, strict));
        }

        return AnyOf(forms);
    }

    private static IEnumerable<JsonObject> Entry(ExportDescriptor export, string name, OptionsModel? model, bool strict)
    {
        IReadOnlyList<OptionProperty> options = model?.Properties ?? [];
        string[] required = strict ? [.. options.Where(option => option.IsRequired).Select(option => option.Name)] : [];
        if (required.Length == 0)
            yield return new JsonObject { ["const"] = name, ["description"] = export.Summary };

        // Every option beside the name.
        JsonObject beside = Properties(export, options);
        beside[name] = new JsonObject { ["type"] = new JsonArray("null", "object"), ["maxProperties"] = 0, ["description"] = export.Summary };
        yield return SchemaNodes.Object(beside, [name, .. required]);

        // The primary option as the name's value, the others beside it.
        if (model?.Primary is { } primary && primary.Type.Kind != OptionKind.Record)
        {
            JsonObject single = Properties(export, options.Where(option => option != primary));
            single[name] = SchemaNodes.Option(primary);
            yield return SchemaNodes.Object(single, [name, .. required.Where(option => option != primary.Name)]);
        }

        // Every option inside the name's own mapping.
        yield return SchemaNodes.Object(new JsonObject { [name] = SchemaNodes.Object(Properties(export, options), required) }, [name]);
    }

    /// <summary>The keys of an entry beside its name: the options, and what the host itself takes.</summary>
    private static JsonObject Properties(ExportDescriptor export, IEnumerable<OptionProperty> options)
    {
        JsonObject properties = SchemaNodes.Options(options);
        if (export.Kind == ExportKind.Backend)
            properties[ManifestKeys.Backend] = SchemaNodes.Described(SchemaNodes.Choice([ManifestKeys.ControlDomain]), "The domain that the backend runs in.", ManifestKeys.ControlDomain);
        return properties;
    }

    private static JsonObject AnyOf(IEnumerable<JsonObject> forms)
    {
        JsonNode?[] all = [.. forms];

        // Nothing present: nothing is right.
        return all.Length == 0 ? new JsonObject { ["not"] = new JsonObject() } : new JsonObject { ["anyOf"] = new JsonArray(all) };
    }

    private IEnumerable<ExportDescriptor> Exports(ExportKind kind) =>
        _catalog.Exports.Where(export => export.Kind == kind).OrderBy(export => export.Name, StringComparer.Ordinal).ToList();

    /// <summary>The names of an export: the qualified one always, the plain one when no other plugin has it too.</summary>
    private IEnumerable<string> Names(ExportDescriptor export) =>
        _catalog.Find(export.Kind, export.Name).Count == 1 ? [export.Name, export.QualifiedName] : [export.QualifiedName];

    private bool TryModel(ExportDescriptor export, out OptionsModel? model)
    {
        model = null;
        Type? type = _catalog.GetOptionsType(export, out Diagnostic? problem);
        if (type is not null && (model = OptionsModel.Create(type, out string? why)) is null)
        {
            problem = new Diagnostic(
                PluginDiagnosticIds.BadOptionsType,
                DiagnosticSeverity.Error,
                $"the options of the {ExportKindNames.Of(export.Kind)} '{export.Name}' of plugin '{export.PluginId}' cannot be used: {why}");
        }

        Report(problem);
        return problem is null;
    }

    /// <summary>Asks a plugin something; whatever it throws is its defect, and a diagnostic.</summary>
    private void Ask(ExportDescriptor export, Action question)
    {
        try
        {
            question();
        }
        catch (Exception e)
        {
            Report(e is DiagnosticException refusal
                ? refusal.Diagnostic
                : new Diagnostic(
                    PluginDiagnosticIds.PluginThrew,
                    DiagnosticSeverity.Error,
                    $"the {ExportKindNames.Of(export.Kind)} '{export.Name}' of plugin '{export.PluginId}' threw {e.GetType().Name}: {e.Message}"));
        }
    }

    private void Report(Diagnostic? problem)
    {
        if (problem is not null && !_diagnostics.Contains(problem))
            _diagnostics.Add(problem);
    }
}
