namespace Dominion.Plugins;

/// <summary>Marks an assembly as a plugin. Read from metadata, without running any code of the plugin.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class PluginAttribute : Attribute
{
    /// <summary>Declares the plugin.</summary>
    /// <param name="id">A unique, stable, lower-case, dotted id such as <c>acme.uart</c>.</param>
    /// <param name="minimumLevel">The lowest <see cref="ContractLevel"/> that the plugin works with.</param>
    /// <param name="maximumLevel">The highest <see cref="ContractLevel"/> that the plugin works with.</param>
    public PluginAttribute(string id, int minimumLevel, int maximumLevel)
    {
        Id = id;
        MinimumLevel = minimumLevel;
        MaximumLevel = maximumLevel;
    }

    /// <summary>The plugin's id.</summary>
    public string Id { get; }

    /// <summary>The lowest contract level that the plugin works with.</summary>
    public int MinimumLevel { get; }

    /// <summary>The highest contract level that the plugin works with.</summary>
    public int MaximumLevel { get; }

    /// <summary>One line on what the plugin brings.</summary>
    public string Description { get; init; } = "";

    /// <summary>Whether the plugin's load context may be unloaded. CPU cores and extensions leave this off: collectible code runs slower.</summary>
    public bool Collectible { get; init; }
}
