using System.Reflection;
using System.Runtime.Loader;

namespace Dominion.Host.Plugins;

/// <summary>
/// Loads one plugin's assembly into a load context of its own. It has the shape of McMaster.NETCore.Plugins (create from an assembly file,
/// shared assemblies by an explicit list of which the host's copy wins, unload), so that the package can take its place.
/// </summary>
public sealed class PluginLoader : IDisposable
{
    private static readonly string FrameworkFolder = Path.GetDirectoryName(typeof(object).Assembly.Location) ?? "";
    private readonly PluginContext _context;
    private readonly string _assemblyFile;

    private PluginLoader(string assemblyFile, bool isUnloadable, IReadOnlyDictionary<string, Assembly> shared)
    {
        _assemblyFile = assemblyFile;
        _context = new PluginContext(assemblyFile, isUnloadable, shared);
    }

    /// <summary>The load context.</summary>
    public AssemblyLoadContext LoadContext => _context;

    /// <summary>Prepares a loader; nothing is loaded yet.</summary>
    /// <param name="assemblyFile">The absolute path of the plugin's assembly; its <c>.deps.json</c> is read when there is one.</param>
    /// <param name="isUnloadable">Whether the context is collectible. Code in a collectible context runs slower.</param>
    /// <param name="sharedAssemblies">The assemblies of which the plugin gets the host's copy.</param>
    /// <returns>The loader.</returns>
    public static PluginLoader CreateFromAssemblyFile(string assemblyFile, bool isUnloadable, IEnumerable<Assembly> sharedAssemblies) =>
        new(assemblyFile, isUnloadable, sharedAssemblies.ToDictionary(assembly => assembly.GetName().Name!, StringComparer.OrdinalIgnoreCase));

    /// <summary>Loads the plugin's assembly.</summary>
    /// <returns>The assembly.</returns>
    public Assembly LoadDefaultAssembly() => _context.LoadFromAssemblyPath(_assemblyFile);

    /// <summary>Whether the framework itself has an assembly of that name.</summary>
    /// <param name="simpleName">The assembly's simple name.</param>
    /// <returns>True for the framework's own.</returns>
    public static bool IsFrameworkAssembly(string simpleName) =>
        FrameworkFolder.Length == 0 || File.Exists(Path.Combine(FrameworkFolder, simpleName + ".dll"));

    /// <summary>Unloads the context when it is collectible; it goes when nothing refers to it any more.</summary>
    public void Dispose()
    {
        if (_context.IsCollectible)
            _context.Unload();
    }

    private sealed class PluginContext : AssemblyLoadContext
    {
        private readonly AssemblyDependencyResolver _resolver;
        private readonly IReadOnlyDictionary<string, Assembly> _shared;
        private readonly string _folder;

        public PluginContext(string assemblyFile, bool isCollectible, IReadOnlyDictionary<string, Assembly> shared)
            : base(Path.GetFileNameWithoutExtension(assemblyFile), isCollectible)
        {
            _resolver = new AssemblyDependencyResolver(assemblyFile);
            _shared = shared;
            _folder = Path.GetDirectoryName(assemblyFile)!;
        }

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            string name = assemblyName.Name!;
            if (_shared.TryGetValue(name, out Assembly? shared))
                return shared;
            if (_resolver.ResolveAssemblyToPath(assemblyName) is { } resolved)
                return LoadFromAssemblyPath(resolved);
            string beside = Path.Combine(_folder, name + ".dll");
            if (string.IsNullOrEmpty(assemblyName.CultureName) && File.Exists(beside))
                return LoadFromAssemblyPath(beside);

            // Null falls back to the host's assemblies. Only the framework's are a plugin's to use: with the host's private
            // packages it would work here and fail with the next host. Satellite assemblies are optional by their nature.
            if (IsFrameworkAssembly(name) || !string.IsNullOrEmpty(assemblyName.CultureName))
                return null;
            throw new FileNotFoundException($"'{assemblyName.Name}' {assemblyName.Version} is not in the plugin's folder", name + ".dll");
        }

        protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
            _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
    }
}
