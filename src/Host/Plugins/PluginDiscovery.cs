using System.Text.RegularExpressions;
using Dominion.Diagnostics;
using Dominion.Plugins;

namespace Dominion.Host.Plugins;

/// <summary>Finds plugin folders and reads their metadata.</summary>
internal sealed partial class PluginDiscovery
{
    private readonly List<Diagnostic> _diagnostics;
    private readonly HashSet<string> _seenFolders = new(StringComparer.Ordinal);
    private readonly List<PluginDescriptor> _found = [];
    private readonly List<RefusedPlugin> _refused = [];

    /// <summary>Starts a discovery.</summary>
    /// <param name="diagnostics">Takes what is wrong.</param>
    /// <param name="origin">A discovery that this one goes on from, or null.</param>
    public PluginDiscovery(List<Diagnostic> diagnostics, PluginDiscovery? origin)
    {
        _diagnostics = diagnostics;
        if (origin is null)
            return;
        _seenFolders.UnionWith(origin._seenFolders);
        _found.AddRange(origin._found);
        _refused.AddRange(origin._refused);
    }

    public IReadOnlyList<PluginDescriptor> Found => _found;

    public IReadOnlyList<RefusedPlugin> Refused => _refused;

    public void Search(PluginRoot root)
    {
        string path;
        string[] folders;
        try
        {
            path = Path.GetFullPath(root.Path);
            if (!Directory.Exists(path))
            {
                if (!root.Optional)
                    Report(PluginDiagnosticIds.RootMissing, $"the plugin folder '{root.Path}' is not there", root.Location);
                return;
            }

            if (HoldsPlugin(path))
            {
                SearchFolder(path, root);
                return;
            }

            folders = Directory.GetDirectories(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            Report(PluginDiagnosticIds.RootMissing, $"the plugin folder '{root.Path}' cannot be read: {e.Message}", root.Location);
            return;
        }

        Array.Sort(folders, StringComparer.Ordinal);
        foreach (string folder in folders)
            SearchFolder(folder, root);
    }

    /// <summary>Takes a plugin that is found already, after the same checks as one from a folder.</summary>
    public void Accept(PluginDescriptor plugin)
    {
        Diagnostic? problem = Check(plugin);
        if (problem is null)
        {
            _found.Add(plugin);
            return;
        }

        _diagnostics.Add(problem);
        _refused.Add(new RefusedPlugin(plugin, problem));
    }

    private static bool HoldsPlugin(string folder) =>
        Candidates(folder).Any(file => PluginMetadataReader.TryRead(file, out PluginDescriptor? plugin, out _) && plugin is not null);

    /// <summary>The files that may be the plugin's own assembly: those with a <c>.deps.json</c>, or, when there is none, all.</summary>
    private static string[] Candidates(string folder)
    {
        string[] files = Directory.GetFiles(folder, "*.dll");
        string[] withDependencies = Array.FindAll(files, file => File.Exists(Path.ChangeExtension(file, ".deps.json")));
        string[] candidates = withDependencies.Length > 0 ? withDependencies : files;
        Array.Sort(candidates, StringComparer.Ordinal);
        return candidates;
    }

    private void SearchFolder(string folder, PluginRoot root)
    {
        if (!_seenFolders.Add(folder))
            return;
        var plugins = new List<PluginDescriptor>();
        var unreadable = new List<Diagnostic>();
        try
        {
            foreach (string file in Candidates(folder))
            {
                if (!PluginMetadataReader.TryRead(file, out PluginDescriptor? plugin, out string? problem))
                    unreadable.Add(Error(PluginDiagnosticIds.NotAnAssembly, $"'{file}' is not an assembly: {problem}", new SourceLocation(file, 0, 0)));
                else if (plugin is not null)
                    plugins.Add(plugin);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Report(PluginDiagnosticIds.NotAnAssembly, $"the plugin folder '{folder}' cannot be read: {e.Message}", new SourceLocation(folder, 0, 0));
            return;
        }

        switch (plugins.Count)
        {
            case 1:
                Accept(plugins[0]);
                break;
            case 0 when unreadable.Count > 0:
                _diagnostics.AddRange(unreadable);
                break;
            case 0:
                _diagnostics.Add(new Diagnostic(
                    PluginDiagnosticIds.NoPluginInFolder,
                    DiagnosticSeverity.Warning,
                    $"'{folder}' holds no assembly with [assembly: Plugin(...)]",
                    root.Location,
                    "a plugin is a folder with its assembly, its .deps.json and its private dependencies"));
                break;
            default:
                Diagnostic several = Error(
                    PluginDiagnosticIds.SeveralPluginsInFolder,
                    $"'{folder}' holds several plugins: {string.Join(", ", plugins.Select(plugin => plugin.Id))}",
                    new SourceLocation(folder, 0, 0),
                    "give each plugin a folder of its own");
                _diagnostics.Add(several);
                _refused.AddRange(plugins.Select(plugin => new RefusedPlugin(plugin, several)));
                break;
        }
    }

    private Diagnostic? Check(PluginDescriptor plugin)
    {
        var where = new SourceLocation(plugin.AssemblyPath, 0, 0);
        if (!PluginIdPattern().IsMatch(plugin.Id))
            return Error(PluginDiagnosticIds.BadName, $"'{plugin.Id}' is no plugin id", where, "lower case letters, digits, '-' and '.', such as acme.uart");
        if (plugin.MinimumLevel > ContractLevel.Current || plugin.MaximumLevel < ContractLevel.Current)
        {
            return Error(
                PluginDiagnosticIds.WrongContractLevel,
                $"plugin '{plugin.Id}' works with contract levels {plugin.MinimumLevel} to {plugin.MaximumLevel}; this host has level {ContractLevel.Current}",
                where,
                plugin.MinimumLevel > ContractLevel.Current ? "update the host, or take an older version of the plugin" : "take a newer version of the plugin");
        }

        if (_found.Find(other => other.Id == plugin.Id) is { } first)
        {
            return Error(
                PluginDiagnosticIds.DuplicatePluginId,
                $"plugin '{plugin.Id}' is in '{plugin.Folder}' and in '{first.Folder}'; the one found first is used",
                where,
                "remove one of the two");
        }

        foreach (ExportDescriptor export in plugin.Exports)
        {
            if (!ExportNamePattern().IsMatch(export.Name))
                return Error(PluginDiagnosticIds.BadName, $"'{export.Name}' of plugin '{plugin.Id}' is no name for an export", where, "lower case letters, digits, '-' and '.'");
        }

        if (plugin.Exports.GroupBy(export => (export.Kind, export.Name)).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            return Error(
                PluginDiagnosticIds.DuplicateExportInPlugin,
                $"plugin '{plugin.Id}' exports the {ExportKindNames.Of(twice.Key.Kind)} '{twice.Key.Name}' from {string.Join(" and from ", twice.Select(export => export.TypeName))}",
                where);
        }

        string[] missing = [.. plugin.References.Where(reference => !IsResolvable(plugin, reference))];
        return missing.Length == 0
            ? null
            : Error(
                PluginDiagnosticIds.MissingDependency,
                $"plugin '{plugin.Id}' needs {string.Join(", ", missing.Select(name => $"'{name}'"))}, which its folder does not hold",
                where,
                "publish the plugin with its dependencies: EnableDynamicLoading in its project copies them");
    }

    private static bool IsResolvable(PluginDescriptor plugin, string reference) =>
        SharedAssemblies.IsShared(reference)
        || PluginLoader.IsFrameworkAssembly(reference)
        || File.Exists(Path.Combine(plugin.Folder, reference + ".dll"))
        || ResolvesByDependencyFile(plugin, reference);

    /// <summary>A <c>.deps.json</c> may put an assembly into a subfolder, as it does for those that differ by platform.</summary>
    private static bool ResolvesByDependencyFile(PluginDescriptor plugin, string reference) =>
        File.Exists(Path.ChangeExtension(plugin.AssemblyPath, ".deps.json"))
        && new System.Runtime.Loader.AssemblyDependencyResolver(plugin.AssemblyPath).ResolveAssemblyToPath(new(reference)) is not null;

    private void Report(string id, string message, SourceLocation? location) => _diagnostics.Add(Error(id, message, location));

    private static Diagnostic Error(string id, string message, SourceLocation? location, string? suggestion = null) =>
        new(id, DiagnosticSeverity.Error, message, location, suggestion);

    [GeneratedRegex(@"^[a-z0-9][a-z0-9.-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PluginIdPattern();

    [GeneratedRegex(@"^[a-z0-9][a-z0-9.-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex ExportNamePattern();
}
