using System.ComponentModel;
using Dominion.Plugins;
using Dominion.Services;

namespace Dominion.Devices.Split.Block;

/// <summary>The options of <c>vbd</c>.</summary>
public sealed class VirtualBlockOptions
{
    /// <summary>The disk behind the device.</summary>
    [PrimaryOption]
    [RequiredOption]
    [Description("the disk behind the device")]
    public ServiceReference<IBlockStore> Disk { get; set; }

    /// <summary>The name that the guest gives the disk.</summary>
    [Description("the name that the guest gives the disk: xvda, xvdb1, sda, hda; by default the next xvd letter")]
    public string? Target { get; set; }

    /// <summary>Whether the guest may write.</summary>
    [Description("whether the guest may write; a disk that is read-only itself is so anyway")]
    public DiskMode Mode { get; set; }

    /// <summary>What the guest takes the disk for.</summary>
    [Description("what the guest takes the disk for")]
    public DiskKind Kind { get; set; }

    /// <summary>How many queues the guest may use.</summary>
    [Description("how many queues the guest may use")]
    [OptionRange(1, 16)]
    public int Queues { get; set; } = 4;

    /// <summary>How large each ring may be: 2 to this power pages.</summary>
    [Description("how large each ring may be: 2 to this power pages")]
    [OptionRange(0, 4)]
    public int RingPageOrder { get; set; } = 4;

    /// <summary>Whether grants that the guest uses again stay mapped.</summary>
    [Description("whether grants that the guest uses again stay mapped")]
    public bool PersistentGrants { get; set; } = true;
}
