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
}
