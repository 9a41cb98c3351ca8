namespace Dominion.Bench;

/// <summary>Where things are in a built checkout.</summary>
internal sealed class RepositoryLayout
{
    /// <summary>Finds the checkout around this program.</summary>
    /// <exception cref="DirectoryNotFoundException">There is none.</exception>
    public RepositoryLayout()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder != null && !File.Exists(Path.Combine(folder.FullName, "Framework.sln")))
            folder = folder.Parent;
        Root = folder?.FullName ?? throw new DirectoryNotFoundException("no Framework.sln above this program");
    }

    /// <summary>The checkout.</summary>
    public string Root { get; }

    /// <summary>The built-in plugins.</summary>
    public string Plugins => Path.Combine(Root, "artifacts", "dominion", "Release", "plugins");

    /// <summary>The command.</summary>
    public string Command => Path.Combine(Root, "artifacts", "dominion", "Release", "dominion");

    /// <summary>A guest image.</summary>
    public string Guest(string name) => Path.Combine(Root, "artifacts", "guests", name);
}
