namespace Dominion.Plugins;

/// <summary>An option that names a service of the machine. <c>console</c> is the domain's own console, a character stream.</summary>
/// <typeparam name="TService">The service contract that the named service must implement.</typeparam>
/// <param name="Name">The service's name in the manifest.</param>
public readonly record struct ServiceReference<TService>(string Name)
    where TService : class
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
