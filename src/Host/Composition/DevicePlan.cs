using Dominion.Devices;

namespace Dominion.Host.Composition;

/// <summary>A device to be made: in a board's slot, or from the manifest's list.</summary>
/// <param name="Slot">The slot, or null.</param>
/// <param name="Export">The export's name.</param>
/// <param name="Name">The device's name in its domain.</param>
/// <param name="Factory">Makes it.</param>
/// <param name="Options">Its options, or null when it takes none.</param>
public sealed record DevicePlan(string? Slot, string Export, string Name, IDeviceFactory Factory, object? Options);
