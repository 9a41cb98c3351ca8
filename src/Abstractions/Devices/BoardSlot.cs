namespace Dominion.Devices;

/// <summary>A place on a board where a device sits unless the manifest's <c>slots:</c> puts another there, or none.</summary>
/// <param name="Name">The slot's name, such as <c>com1</c>.</param>
/// <param name="Device">The export's name of the device that is there by default, or null for an empty slot.</param>
/// <param name="Defaults">Options for whatever device sits there, by option name; those that the device does not know are left out, those that the manifest gives win.</param>
public sealed record BoardSlot(string Name, string? Device, IReadOnlyDictionary<string, object> Defaults);
