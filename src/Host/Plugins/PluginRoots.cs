namespace Dominion.Host.Plugins;

/// <summary>Where plugins are looked for.</summary>
public static class PluginRoots
{
    /// <summary>The environment variable that names more roots, separated as in <c>PATH</c>.</summary>
    public const string EnvironmentVariable = "DOMINION_PLUGINS";

    /// <summary>The roots in the order in which they are searched: <c>plugins/</c> beside the host, those of <see cref="EnvironmentVariable"/>, those of the command line.</summary>
    /// <param name="commandLine">The directories that <c>--plugins</c> names.</param>
    /// <returns>The roots.</returns>
    public static IReadOnlyList<PluginRoot> Default(IEnumerable<string> commandLine)
    {
        var roots = new List<PluginRoot> { new(Path.Combine(AppContext.BaseDirectory, "plugins"), Optional: true) };
        string[] fromEnvironment = (Environment.GetEnvironmentVariable(EnvironmentVariable) ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        roots.AddRange(fromEnvironment.Select(path => new PluginRoot(path, Location: new(EnvironmentVariable, 0, 0))));
        roots.AddRange(commandLine.Select(path => new PluginRoot(path, Location: new("--plugins", 0, 0))));
        return roots;
    }
}
