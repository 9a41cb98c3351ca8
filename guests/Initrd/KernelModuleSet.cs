namespace Dominion.Guests.Initrd;

/// <summary>Modules of one kernel with everything that they depend on.</summary>
internal sealed class KernelModuleSet
{
    private readonly string _root;
    private readonly Dictionary<string, string> _files;
    private readonly HashSet<string> _builtin;
    private readonly Dictionary<string, KernelModule> _modules = [];

    /// <summary>Opens a kernel's modules.</summary>
    /// <param name="root">The folder that is named for the kernel's release, such as <c>/lib/modules/6.1.0-1-amd64</c>.</param>
    public KernelModuleSet(string root)
    {
        _root = root;
        Release = Path.GetFileName(Path.TrimEndingDirectorySeparator(root));
        _files = [];
        foreach (string file in Directory.EnumerateFiles(root, "*.ko", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            _files.TryAdd(KernelModule.NameOf(file), Path.GetRelativePath(root, file));
        string builtin = Path.Combine(root, "modules.builtin");
        _builtin = File.Exists(builtin) ? [.. File.ReadLines(builtin).Select(KernelModule.NameOf)] : [];
    }

    /// <summary>The kernel's release.</summary>
    public string Release { get; }

    /// <summary>The modules taken so far, each after those that it depends on.</summary>
    public IEnumerable<KernelModule> Modules => _order;

    private readonly List<KernelModule> _order = [];

    /// <summary>Takes a module and what it depends on. One that is built into the kernel is passed over.</summary>
    /// <param name="name">The module's name.</param>
    /// <exception cref="InvalidDataException">The kernel has no such module.</exception>
    public void Add(string name)
    {
        name = KernelModule.Normalize(name);
        if (_modules.ContainsKey(name) || _builtin.Contains(name))
            return;
        if (!_files.TryGetValue(name, out string? file))
            throw new InvalidDataException($"kernel {Release} has no module '{name}'");
        KernelModule module = KernelModule.Read(_root, file);
        _modules.Add(name, module);
        foreach (string dependency in module.Dependencies)
            Add(dependency);
        _order.Add(module);
    }

    /// <summary>The text of <c>modules.dep</c>: a file, then all the files that it needs, the nearest first (modules.dep(5)).</summary>
    public string Dependencies() => string.Concat(_order.Select(m => $"{m.Path}:{string.Concat(Closure(m).Select(d => " " + d.Path))}\n"));

    /// <summary>The text of <c>modules.alias</c>: a pattern and a module a line.</summary>
    public string Aliases() => string.Concat(_order.SelectMany(m => m.Aliases.Select(a => $"alias {a} {m.Name}\n")));

    private IEnumerable<KernelModule> Closure(KernelModule module)
    {
        HashSet<string> needed = [];
        void Visit(KernelModule m)
        {
            foreach (string name in m.Dependencies)
            {
                if (_modules.TryGetValue(name, out KernelModule? dependency) && needed.Add(name))
                    Visit(dependency);
            }
        }

        Visit(module);
        return _order.Where(m => needed.Contains(m.Name)).Reverse();
    }
}
