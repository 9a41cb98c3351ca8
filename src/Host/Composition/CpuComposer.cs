using Dominion.Cpu;
using Dominion.Diagnostics;
using Dominion.Host.Manifest;
using Dominion.Host.Plugins;
using Dominion.Plugins;

namespace Dominion.Host.Composition;

/// <summary>Decides the cores: the machine's section, and what a domain changes of it.</summary>
internal sealed class CpuComposer(PluginCatalog catalog, ExportResolver resolver, DiagnosticBag diagnostics)
{
    private const string AutomaticEngine = "auto";

    /// <summary>Decides the cores of a machine or a domain; null when something is wrong, which is reported.</summary>
    public CpuPlan? Compose(CpuManifest machine, CpuManifest? domain)
    {
        // Where only one core is present it need not be named.
        if ((machine.Core ?? OnlyCore(machine.Location)) is not { } core)
        {
            IReadOnlyList<string> cores = catalog.Names(ExportKind.CpuCore);
            diagnostics.Error(
                ManifestDiagnosticIds.MissingKey,
                cores.Count == 0 ? "no plugin exports a CPU core" : $"'{ManifestKeys.Machine}.{ManifestKeys.Cpu}.{ManifestKeys.Core}' must say which CPU core",
                machine.Location,
                Suggest.For("", cores));
            return null;
        }

        if (resolver.Find(ExportKind.CpuCore, core.Value, core.Location) is not { } export
            || resolver.Factory<ICpuCoreFactory>(export, core.Location) is not { } factory)
        {
            return null;
        }

        if (!TryOffers(factory, export, core.Location, out IReadOnlyList<string> models, out IReadOnlyList<string> engines, out IReadOnlyList<string> offered))
            return null;
        int before = diagnostics.ErrorCount;
        SourceLocation where = domain?.Location ?? machine.Location;
        Located<string> model = domain?.Model ?? machine.Model ?? new Located<string>(models.Count > 0 ? models[0] : "", where);
        Located<string> engine = domain?.Engine ?? machine.Engine ?? new Located<string>(AutomaticEngine, where);
        IReadOnlyList<Located<string>> features = domain?.Features ?? machine.Features ?? [];
        if (!models.Contains(model.Value))
            diagnostics.Error(ManifestDiagnosticIds.UnknownModel, $"the core '{export.Name}' has no model '{model.Value}'", model.Location, Suggest.For(model.Value, models));
        if (engine.Value != AutomaticEngine && !engines.Contains(engine.Value))
            diagnostics.Error(ManifestDiagnosticIds.UnknownEngine, $"the core '{export.Name}' has no engine '{engine.Value}'", engine.Location, Suggest.For(engine.Value, engines.Prepend(AutomaticEngine)));
        var extensions = new List<ICpuExtensionFactory>();
        var names = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (Located<string> feature in features)
        {
            string plain = feature.Value.StartsWith('-') ? feature.Value[1..] : feature.Value;
            if (!seen.Add(plain))
                diagnostics.Error(ManifestDiagnosticIds.DuplicateKey, $"the feature '{plain}' is given twice", feature.Location);
            else if (offered.Contains(plain))
                names.Add(feature.Value);
            else if (FindExtension(feature, export, offered, extensions) is { } extension)
                names.Add(extension);
        }

        return diagnostics.ErrorCount == before
            ? new CpuPlan(factory, model.Value, engine.Value, names, extensions)
            : null;
    }

    private Located<string>? OnlyCore(SourceLocation location)
    {
        ExportDescriptor[] cores = [.. catalog.Exports.Where(export => export.Kind == ExportKind.CpuCore).Take(2)];
        return cores.Length == 1 ? new Located<string>(cores[0].QualifiedName, location) : null;
    }

    /// <summary>Finds and adds the extension that a feature names.</summary>
    /// <returns>Its name without its plugin's, or null when there is none to use, which is reported.</returns>
    private string? FindExtension(Located<string> feature, ExportDescriptor core, IReadOnlyList<string> offered, List<ICpuExtensionFactory> extensions)
    {
        if (catalog.Find(ExportKind.Extension, feature.Value).Count == 0 && !feature.Value.Contains('/', StringComparison.Ordinal))
        {
            diagnostics.Error(
                ManifestDiagnosticIds.UnknownFeature,
                $"neither the core '{core.Name}' nor an extension provides the feature '{feature.Value}'",
                feature.Location,
                Suggest.For(feature.Value.TrimStart('-'), offered.Concat(catalog.Names(ExportKind.Extension))));
            return null;
        }

        if (resolver.Find(ExportKind.Extension, feature.Value, feature.Location) is not { } export
            || resolver.Factory<ICpuExtensionFactory>(export, feature.Location) is not { } extension)
        {
            return null;
        }

        string? unavailable;
        try
        {
            unavailable = extension.Unavailable;
        }
        catch (Exception e)
        {
            diagnostics.Error(PluginDiagnosticIds.PluginThrew, $"the extension '{export.Name}' of plugin '{export.PluginId}' threw {e.GetType().Name}: {e.Message}", feature.Location);
            return null;
        }

        if (unavailable is not null)
        {
            diagnostics.Error(ManifestDiagnosticIds.ExtensionUnavailable, $"the extension '{export.Name}' cannot be used: {unavailable}", feature.Location);
            return null;
        }

        extensions.Add(extension);
        return export.Name;
    }

    private bool TryOffers(
        ICpuCoreFactory factory,
        ExportDescriptor export,
        SourceLocation location,
        out IReadOnlyList<string> models,
        out IReadOnlyList<string> engines,
        out IReadOnlyList<string> features)
    {
        models = engines = features = [];
        try
        {
            models = factory.Models;
            engines = factory.Engines;
            features = factory.Features;
            return true;
        }
        catch (Exception e)
        {
            diagnostics.Error(PluginDiagnosticIds.PluginThrew, $"the CPU core '{export.Name}' of plugin '{export.PluginId}' threw {e.GetType().Name}: {e.Message}", location);
            return false;
        }
    }
}
