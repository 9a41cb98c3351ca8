using Dominion.Cli.Logging;
using Dominion.Diagnostics;
using Dominion.Host.Composition;
using Dominion.Host.Machine.Saving;
using Dominion.Host.Plugins;

namespace Dominion.Cli.Running;

/// <summary>A manifest and the plugins that it was composed from, which live as long as its machine.</summary>
internal sealed class ComposedManifest : IDisposable
{
    private readonly PluginCatalog _catalog;

    private ComposedManifest(PluginCatalog catalog, MachinePlan? plan)
    {
        _catalog = catalog;
        Plan = plan;
    }

    /// <summary>The plan, or null when the manifest is refused.</summary>
    internal MachinePlan? Plan { get; }

    /// <summary>Composes a manifest and says on standard error all that is to be said about it.</summary>
    /// <param name="manifest">The manifest's path.</param>
    /// <param name="overrides">The values of <c>--set</c>.</param>
    /// <param name="plugins">The values of <c>--plugins</c>.</param>
    /// <param name="errors">Takes diagnostics.</param>
    /// <returns>The outcome.</returns>
    internal static ComposedManifest Compose(string manifest, string[] overrides, string[] plugins, ErrorWriter errors)
    {
        PluginCatalog catalog = PluginCatalog.Discover(PluginRoots.Default(plugins));
        return Tell(catalog, Composer.Compose(manifest, overrides, catalog), errors);
    }

    /// <summary>Composes a saved machine's manifest and says on standard error all that is to be said about it.</summary>
    /// <param name="saved">The saved machine.</param>
    /// <param name="plugins">The values of <c>--plugins</c>.</param>
    /// <param name="errors">Takes diagnostics.</param>
    /// <returns>The outcome.</returns>
    internal static ComposedManifest Compose(SavedMachine saved, string[] plugins, ErrorWriter errors)
    {
        PluginCatalog catalog = PluginCatalog.Discover(PluginRoots.Default(plugins));
        return Tell(catalog, saved.Compose(catalog), errors);
    }

    private static ComposedManifest Tell(PluginCatalog catalog, CompositionResult result, ErrorWriter errors)
    {
        foreach (Diagnostic diagnostic in result.Diagnostics)
            errors.WriteLine(diagnostic.ToString());
        return new ComposedManifest(catalog, result.Plan);
    }

    /// <inheritdoc/>
    public void Dispose() => _catalog.Dispose();
}
