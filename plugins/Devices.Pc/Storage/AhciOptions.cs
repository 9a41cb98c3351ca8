using Dominion.Plugins;

namespace Dominion.Devices.Pc.Storage;

/// <summary>The drives at an AHCI controller.</summary>
public sealed class AhciOptions
{
    /// <summary>The drives, from port 0 on; at most 32.</summary>
    [PrimaryOption]
    [RequiredOption]
    public IReadOnlyList<DriveOptions> Ports { get; set; } = [];
}
