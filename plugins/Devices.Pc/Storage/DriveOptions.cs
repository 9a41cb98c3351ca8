using Dominion.Plugins;
using Dominion.Services;

namespace Dominion.Devices.Pc.Storage;

/// <summary>A drive at an IDE or AHCI controller: a hard disk or a CD-ROM drive with a disc in it.</summary>
public sealed class DriveOptions
{
    /// <summary>The content of a hard disk.</summary>
    public ServiceReference<IBlockStore>? Disk { get; set; }

    /// <summary>The disc in a CD-ROM drive; only read.</summary>
    public ServiceReference<IBlockStore>? Cd { get; set; }

    /// <summary>Whether a hard disk refuses writes, whatever the store allows.</summary>
    public bool ReadOnly { get; set; }

    /// <summary>The serial number that the guest reads, at most 20 ASCII characters; made from the device's name when it is not given.</summary>
    public string? Serial { get; set; }
}
