using System.Reflection;
using Dominion.Diagnostics;
using Dominion.Plugins;

namespace Dominion.Host.Plugins;

/// <summary>
/// The plugins that are present. Discovery reads metadata only; a plugin's assembly is loaded when something of it is asked for, and
/// only what is asked for is made. A plugin that cannot be used is data here, never an exception. Used by one thread at a time.
/// </summary>
public sealed class PluginCatalog : IDisposable
{
    private readonly List<Diagnostic> _diagnostics = [];
    private readonly List<string> _roots = [];
    private readonly PluginDiscovery _discovery;
    private readonly Dictionary<string, Assembly> _inProcess;

    // By assembly and by descriptor, not by id: catalogs that extend this one share these, and may have found other plugins of an id.
    private readonly Dictionary<string, (ActivatedPlugin? Plugin, Diagnostic? Problem)> _activated;
    private readonly Dictionary<ExportDescriptor, (object? Factory, Diagnostic? Problem)> _factories;

    private PluginCatalog(PluginCatalog? origin)
    {
        _diagnostics.AddRange(origin?._diagnostics ?? []);
        _roots.AddRange(origin?._roots ?? []);
        _discovery = new PluginDiscovery(_diagnostics, origin?._discovery);
        _inProcess = origin?._inProcess ?? new(StringComparer.Ordinal);
        _activated = origin?._activated ?? new(StringComparer.Ordinal);
        _factories = origin?._factories ?? new(ReferenceEqualityComparer.Instance);
    }

    /// <summary>The plugins that can be used, in the order in which they were found.</summary>
    public IReadOnlyList<PluginDescriptor> Plugins => _discovery.Found;

    /// <summary>The absolute paths of the roots that were asked for, those that every host has left out.</summary>
    public IReadOnlyList<string> Roots => _roots;

    /// <summary>The plugins that were found and are refused.</summary>
    public IReadOnlyList<RefusedPlugin> Refused => _discovery.Refused;

    /// <summary>What discovery has to say.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics => _diagnostics;

    /// <summary>Every export of every plugin that can be used.</summary>
    public IEnumerable<ExportDescriptor> Exports => Plugins.SelectMany(plugin => plugin.Exports);

    /// <summary>Finds the plugins under some directories, without running any code of them.</summary>
    /// <param name="roots">The directories, which must be there.</param>
    /// <returns>The catalog.</returns>
    public static PluginCatalog Discover(IEnumerable<string> roots) => Discover(roots.Select(root => new PluginRoot(root)));

    /// <summary>Finds the plugins under some roots, without running any code of them.</summary>
    /// <param name="roots">The roots; see <see cref="PluginRoots.Default"/>.</param>
    /// <returns>The catalog.</returns>
    public static PluginCatalog Discover(IEnumerable<PluginRoot> roots)
    {
        var catalog = new PluginCatalog(null);
        catalog.Search(roots);
        return catalog;
    }

    /// <summary>Makes a catalog with the plugins of this one and of some more roots. What is loaded belongs to this one: it is the one to dispose.</summary>
    /// <param name="roots">The roots.</param>
    /// <returns>The larger catalog.</returns>
    public PluginCatalog Extend(IEnumerable<PluginRoot> roots)
    {
        var catalog = new PluginCatalog(this);
        catalog.Search(roots);
        return catalog;
    }

    /// <summary>Adds a plugin that the process has loaded already: its exports run in the caller's own load context. For embedding and for tests.</summary>
    /// <param name="assembly">An assembly with <see cref="PluginAttribute"/>, loaded from a file.</param>
    /// <exception cref="ArgumentException">The assembly is no plugin.</exception>
    public void AddAssembly(Assembly assembly)
    {
        if (!PluginMetadataReader.TryRead(assembly.Location, out PluginDescriptor? plugin, out string? problem) || plugin is null)
            throw new ArgumentException(problem ?? $"{assembly} has no [assembly: Plugin(...)]", nameof(assembly));
        _inProcess[plugin.AssemblyPath] = assembly;
        _discovery.Accept(plugin);
    }

    /// <summary>Finds the exports of a name.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="name">The name, or <c>pluginid/name</c>.</param>
    /// <returns>None, one, or several when plugins share the name.</returns>
    public IReadOnlyList<ExportDescriptor> Find(ExportKind kind, string name)
    {
        bool qualified = name.Contains('/', StringComparison.Ordinal);
        return [.. Exports.Where(export => export.Kind == kind && (qualified ? export.QualifiedName : export.Name) == name)];
    }

    /// <summary>The names of the exports of a kind, sorted, each once.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>The names.</returns>
    public IReadOnlyList<string> Names(ExportKind kind) =>
        [.. Exports.Where(export => export.Kind == kind).Select(export => export.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>Makes an export's factory, or hands out the one that was made before.</summary>
    /// <typeparam name="TFactory">The kind's contract.</typeparam>
    /// <param name="export">The export.</param>
    /// <param name="problem">Why there is none, or null.</param>
    /// <returns>The factory, or null.</returns>
    public TFactory? GetFactory<TFactory>(ExportDescriptor export, out Diagnostic? problem)
        where TFactory : class
    {
        if (!_factories.TryGetValue(export, out (object? Factory, Diagnostic? Problem) known))
        {
            object? made = Activate(export.PluginId, out Diagnostic? why)?.Create(export, out why);
            known = (made, why);
            _factories.Add(export, known);
        }

        problem = known.Problem;
        return (TFactory?)known.Factory;
    }

    /// <summary>Finds an export's options type; loads the plugin but makes nothing of it.</summary>
    /// <param name="export">The export.</param>
    /// <param name="problem">Why it cannot be had, or null.</param>
    /// <returns>The type, or null when the export takes no options or there is a problem.</returns>
    public Type? GetOptionsType(ExportDescriptor export, out Diagnostic? problem)
    {
        ActivatedPlugin? plugin = Activate(export.PluginId, out problem);
        return plugin?.FindOptionsType(export, out problem);
    }

    /// <summary>Disposes the factories that were made and unloads the plugins that allow it.</summary>
    public void Dispose()
    {
        foreach ((ActivatedPlugin? plugin, Diagnostic? _) in _activated.Values)
            plugin?.Dispose();
        _activated.Clear();
        _factories.Clear();
    }

    private void Search(IEnumerable<PluginRoot> roots)
    {
        foreach (PluginRoot root in roots)
        {
            _discovery.Search(root);
            if (!root.Optional)
                _roots.Add(Path.GetFullPath(root.Path));
        }
    }

    private ActivatedPlugin? Activate(string pluginId, out Diagnostic? problem)
    {
        PluginDescriptor descriptor = Plugins.First(plugin => plugin.Id == pluginId);
        if (!_activated.TryGetValue(descriptor.AssemblyPath, out (ActivatedPlugin? Plugin, Diagnostic? Problem) known))
        {
            ActivatedPlugin? loaded = ActivatedPlugin.Load(descriptor, _inProcess.GetValueOrDefault(descriptor.AssemblyPath), out Diagnostic? why);
            known = (loaded, why);
            _activated.Add(descriptor.AssemblyPath, known);
        }

        problem = known.Problem;
        return known.Plugin;
    }
}
