using Dominion.Diagnostics;
using Dominion.Host.Manifest;
using Dominion.Host.Manifest.Options;
using Dominion.Host.Plugins;
using Dominion.Plugins;
using Dominion.Services;

namespace Dominion.Host.Composition;

/// <summary>Turns a manifest into a <see cref="MachinePlan"/>: read, bind, validate, compose. Every problem is reported, and nothing of the machine is made.</summary>
public static class Composer
{
    /// <summary>The most memory of a machine.</summary>
    public const ulong MaximumMemory = 1UL << 40;

    /// <summary>What a machine has beside its domains' RAM, for ROMs and what boards need. Memory that is not touched costs nothing.</summary>
    public const ulong MemoryMargin = 64UL << 20;

    /// <summary>Composes a manifest.</summary>
    /// <param name="manifestPath">The manifest's file.</param>
    /// <param name="overrides">The arguments of <c>--set</c>, in their order.</param>
    /// <param name="catalog">The plugins, to which the manifest's own plugin folders add. Dispose it after the machine.</param>
    /// <param name="limits">What the host has, or null for this host.</param>
    /// <returns>The plan, and all that is to be said.</returns>
    public static CompositionResult Compose(string manifestPath, IEnumerable<string> overrides, PluginCatalog catalog, HostLimits? limits = null)
    {
        var diagnostics = new DiagnosticBag();
        ManifestDocument? document = ManifestReader.Read(manifestPath, overrides, diagnostics);
        return Compose(document, catalog, limits, diagnostics);
    }

    /// <summary>Composes a manifest that is in memory.</summary>
    /// <param name="text">The manifest in UTF-8.</param>
    /// <param name="path">Its name, for locations and for the folder that relative paths start from.</param>
    /// <param name="overrides">The arguments of <c>--set</c>, in their order.</param>
    /// <param name="catalog">The plugins, to which the manifest's own plugin folders add. Dispose it after the machine.</param>
    /// <param name="limits">What the host has, or null for this host.</param>
    /// <returns>The plan, and all that is to be said.</returns>
    public static CompositionResult ComposeText(ReadOnlySpan<byte> text, string path, IEnumerable<string> overrides, PluginCatalog catalog, HostLimits? limits = null)
    {
        var diagnostics = new DiagnosticBag();
        ManifestDocument? document = ManifestReader.Parse(text, path, overrides, diagnostics);
        return Compose(document, catalog, limits, diagnostics);
    }

    /// <summary>Composes a manifest that has been read.</summary>
    /// <param name="document">The manifest.</param>
    /// <param name="catalog">The plugins, to which the manifest's own plugin folders add. Dispose it after the machine.</param>
    /// <param name="limits">What the host has, or null for this host.</param>
    /// <returns>The plan, and all that is to be said.</returns>
    public static CompositionResult Compose(ManifestDocument document, PluginCatalog catalog, HostLimits? limits = null) =>
        Compose(document, catalog, limits, new DiagnosticBag());

    private static CompositionResult Compose(ManifestDocument? document, PluginCatalog catalog, HostLimits? limits, DiagnosticBag diagnostics)
    {
        MachineManifest? manifest = document is null ? null : new ManifestBinder(diagnostics).Bind(document);
        if (manifest is { PluginRoots.Count: > 0 })
            catalog = catalog.Extend(manifest.PluginRoots.Select(root => new PluginRoot(root.Value, Location: root.Location)));
        var resolver = new ExportResolver(catalog, diagnostics);
        MachinePlan? plan = manifest is null ? null : Compose(manifest, catalog, resolver, limits ?? HostLimits.Current, diagnostics);

        Diagnostic[] all = [.. FromDiscovery(catalog, resolver), .. diagnostics.ToList()];
        return new CompositionResult(Array.Exists(all, diagnostic => diagnostic.Severity == DiagnosticSeverity.Error) ? null : plan, all);
    }

    /// <summary>What discovery said. A folder that was asked for and is not there refuses the manifest; a plugin that is refused does so only when the manifest needs it.</summary>
    private static IEnumerable<Diagnostic> FromDiscovery(PluginCatalog catalog, ExportResolver resolver) =>
        catalog.Diagnostics.Select(diagnostic =>
            diagnostic.Severity != DiagnosticSeverity.Error
            || diagnostic.Id == PluginDiagnosticIds.RootMissing
            || (diagnostic.Location is { } location && resolver.NeededRefusedPlugins.Contains(location.File))
                ? diagnostic
                : diagnostic with { Severity = DiagnosticSeverity.Warning });

    private static MachinePlan? Compose(MachineManifest manifest, PluginCatalog catalog, ExportResolver resolver, HostLimits limits, DiagnosticBag diagnostics)
    {
        int before = diagnostics.ErrorCount;
        var cpus = new CpuComposer(catalog, resolver, diagnostics);
        CpuPlan? cpu = manifest.Domains.All(domain => domain.Cpu is not null) && manifest.Domains.Count > 0 && manifest.Cpu is { Core: null, Model: null, Engine: null, Features: null }
            ? null
            : cpus.Compose(manifest.Cpu, null);
        IReadOnlyList<ServicePlan> services = ComposeServices(manifest, resolver, diagnostics, out Dictionary<string, Type?> contracts);
        var scope = new OptionScope(manifest.Document.Folder, contracts, HasConsole: true);
        var domainComposer = new DomainComposer(resolver, cpus, scope, diagnostics);
        var domains = new List<DomainPlan>();
        foreach (DomainManifest domain in manifest.Domains)
        {
            if (domainComposer.Compose(domain, manifest.Cpu, cpu) is { } planned)
                domains.Add(planned);
        }

        ulong memory = DecideMemory(manifest, limits, diagnostics);
        CpuPlan? machineCpu = cpu ?? domains.FirstOrDefault()?.Cpu;
        return diagnostics.ErrorCount == before && machineCpu is not null ? new MachinePlan(memory, manifest.Clock, machineCpu, services, domains) { Source = Source(manifest, catalog, resolver) } : null;
    }

    private static MachineSource Source(MachineManifest manifest, PluginCatalog catalog, ExportResolver resolver) => new(
        manifest.Name?.Value ?? MachineName.Of(manifest.Document.Path),
        manifest.Name is not null,
        manifest.Document,
        [.. catalog.Roots.Concat(manifest.PluginRoots.Select(root => root.Value)).Distinct(StringComparer.Ordinal)],
        resolver.UsedPlugins);

    private static IReadOnlyList<ServicePlan> ComposeServices(MachineManifest manifest, ExportResolver resolver, DiagnosticBag diagnostics, out Dictionary<string, Type?> contracts)
    {
        contracts = new Dictionary<string, Type?>(StringComparer.Ordinal);
        foreach (ManifestEntry entry in manifest.Services)
            contracts[entry.Key] = null;
        var services = new List<ServicePlan>();
        foreach (ManifestEntry entry in manifest.Services)
        {
            if (resolver.Resolve(ExportKind.Service, entry.Value) is not { } resolved)
                continue;
            IServiceFactory? factory = resolver.Factory<IServiceFactory>(resolved.Export, resolved.Location);
            bool bound = resolver.TryBind(resolved, new OptionScope(manifest.Document.Folder, contracts, HasConsole: false), null, out object? options);
            if (factory is null)
                continue;
            try
            {
                contracts[entry.Key] = factory.Contract;
            }
            catch (Exception e)
            {
                diagnostics.Error(PluginDiagnosticIds.PluginThrew, $"the service '{resolved.Export.Name}' of plugin '{resolved.Export.PluginId}' threw {e.GetType().Name}: {e.Message}", resolved.Location);
                continue;
            }

            if (bound)
                services.Add(new ServicePlan(entry.Key, factory, options) { Location = resolved.Location });
        }

        return services;
    }

    private static ulong DecideMemory(MachineManifest manifest, HostLimits limits, DiagnosticBag diagnostics)
    {
        UInt128 needed = 0;
        foreach (DomainManifest domain in manifest.Domains)
            needed += domain.Memory?.Value.Bytes ?? 0;
        if (manifest.Memory is { } given && needed > given.Value.Bytes)
        {
            diagnostics.Error(
                ManifestDiagnosticIds.MachineTooSmall,
                $"the domains need {Size(needed)} together; the machine has {given.Value}",
                given.Location,
                "raise 'machine.memory', or leave it out: it is then what the domains need");
        }

        UInt128 total = (manifest.Memory is { } size ? UInt128.Max(size.Value.Bytes, needed) : needed) + MemoryMargin;
        ulong most = Math.Min(limits.PhysicalMemoryBytes, MaximumMemory + MemoryMargin);
        if (total > most)
        {
            diagnostics.Error(
                ManifestDiagnosticIds.TooMuchMemory,
                $"the machine needs {Size(total)} of memory; this host can give {new ByteSize(most >> 20 << 20)}",
                manifest.Memory?.Location ?? LargestMemory(manifest) ?? manifest.Document.Root.Location);
        }

        return (ulong)UInt128.Min(total, ulong.MaxValue);
    }

    private static SourceLocation? LargestMemory(MachineManifest manifest) =>
        manifest.Domains.Where(domain => domain.Memory is not null).MaxBy(domain => domain.Memory!.Value.Value.Bytes)?.Memory?.Location;

    private static string Size(UInt128 bytes) => bytes > ulong.MaxValue ? $"{bytes >> 40}TiB" : new ByteSize((ulong)bytes).ToString();
}
