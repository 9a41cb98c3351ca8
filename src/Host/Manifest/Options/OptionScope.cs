using Dominion.Services;

namespace Dominion.Host.Manifest.Options;

/// <summary>What options may refer to where they are bound.</summary>
/// <param name="Folder">The folder that relative paths start from.</param>
/// <param name="Services">The services by name with their contract; null for one that is itself refused.</param>
/// <param name="HasConsole">Whether <c>console</c> is the domain's console here.</param>
internal sealed record OptionScope(string Folder, IReadOnlyDictionary<string, Type?> Services, bool HasConsole)
{
    /// <summary>The contract of a service.</summary>
    /// <returns>Whether there is such a service.</returns>
    public bool TryGetService(string name, out Type? contract)
    {
        if (HasConsole && name == ManifestKeys.Console)
        {
            contract = typeof(ICharacterStream);
            return true;
        }

        return Services.TryGetValue(name, out contract);
    }

    /// <summary>The names of the services that implement a contract.</summary>
    public IEnumerable<string> Implementing(Type contract)
    {
        IEnumerable<string> named = Services.Where(service => service.Value is { } type && contract.IsAssignableFrom(type)).Select(service => service.Key);
        return HasConsole && contract.IsAssignableFrom(typeof(ICharacterStream)) ? named.Append(ManifestKeys.Console) : named;
    }
}
