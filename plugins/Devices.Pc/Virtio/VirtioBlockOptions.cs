using Dominion.Plugins;
using Dominion.Services;

namespace Dominion.Devices.Pc.Virtio;

/// <summary>The options of <c>virtio-blk</c>.</summary>
public sealed class VirtioBlockOptions
{
    /// <summary>The disk behind the device.</summary>
    [PrimaryOption]
    [RequiredOption]
    public ServiceReference<IBlockStore> Disk { get; set; }

    /// <summary>Whether the guest may only read, whatever the disk allows.</summary>
    public bool ReadOnly { get; set; }

    /// <summary>The serial number that the guest reads, at most 20 ASCII characters; the device's name when it is not given.</summary>
    public string? Serial { get; set; }
}
