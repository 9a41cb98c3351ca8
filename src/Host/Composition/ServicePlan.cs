using Dominion.Diagnostics;
using Dominion.Services;

namespace Dominion.Host.Composition;

/// <summary>A service to be made.</summary>
/// <param name="Name">Its name in the manifest.</param>
/// <param name="Factory">Makes it.</param>
/// <param name="Options">Its options, or null when it takes none.</param>
public sealed record ServicePlan(string Name, IServiceFactory Factory, object? Options)
{
    /// <summary>Where the manifest describes it, or null: the place of diagnostics that come up while it is made.</summary>
    public SourceLocation? Location { get; init; }
}
