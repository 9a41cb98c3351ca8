using Dominion.Split;

namespace Dominion.Host.Composition;

/// <summary>A split device to be made, from the manifest's list.</summary>
/// <param name="Export">The backend export's name.</param>
/// <param name="Name">The device's name in its domain.</param>
/// <param name="DeviceClass">The device class.</param>
/// <param name="DeviceNumber">Its number, unique in the domain and class.</param>
/// <param name="Factory">Makes the backend.</param>
/// <param name="Options">Its options, or null when it takes none.</param>
public sealed record SplitDevicePlan(string Export, string Name, string DeviceClass, int DeviceNumber, IBackendFactory Factory, object? Options);
