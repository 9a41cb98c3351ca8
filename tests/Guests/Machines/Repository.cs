using Dominion.Host.Plugins;

namespace Dominion.Guests.Tests.Machines;

/// <summary>Where the tests find what they run.</summary>
internal static class Repository
{
    private static readonly Lazy<PluginCatalog> SharedCatalog = new(Discover);

    /// <summary>The repository's folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The built product.</summary>
    public static string Product { get; } = Path.Combine(Root, "artifacts", "dominion", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name);

    /// <summary>The command line's program.</summary>
    public static string Program => Path.Combine(Product, "dominion");

    /// <summary>The product's plugins; loaded once, so that their code is compiled once.</summary>
    public static PluginCatalog Catalog => SharedCatalog.Value;

    /// <summary>The path of a manifest in machines/.</summary>
    public static string Machine(string name) => Path.Combine(Root, "machines", name);

    /// <summary>The path of a file that eng/get-guests fetched or the build wrote.</summary>
    public static string Guest(string name) => Path.Combine(Root, "artifacts", "guests", name);

    private static PluginCatalog Discover() => PluginCatalog.Discover([new PluginRoot(Path.Combine(Product, "plugins"), Optional: false)]);

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Framework.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"no Framework.sln above {AppContext.BaseDirectory}");
    }
}
