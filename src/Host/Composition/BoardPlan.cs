using Dominion.Devices;

namespace Dominion.Host.Composition;

/// <summary>A board to be made.</summary>
/// <param name="Export">The export's name.</param>
/// <param name="Factory">Makes it.</param>
/// <param name="Options">Its options, or null when it takes none.</param>
public sealed record BoardPlan(string Export, IBoardFactory Factory, object? Options);
