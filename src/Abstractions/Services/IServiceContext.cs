using Dominion.Diagnostics;
using Dominion.Time;

namespace Dominion.Services;

/// <summary>What the machine gives a service.</summary>
public interface IServiceContext
{
    /// <summary>The service's name in the manifest.</summary>
    string Name { get; }

    /// <summary>The service's log.</summary>
    ILog Log { get; }

    /// <summary>The machine's time.</summary>
    IClock Clock { get; }

    /// <summary>Whether the service belongs to a machine that is restored: it makes nothing new in the host's files and leaves what is there as it is, and <see cref="Persistence.IPersistent.Restore"/> follows when it has state.</summary>
    bool IsRestored { get; }
}
