using Dominion.Plugins;

namespace Dominion.Services.Local.Block;

/// <summary>The options of <c>ramdisk</c>.</summary>
public sealed class RamDiskOptions
{
    /// <summary>The length.</summary>
    [PrimaryOption]
    [RequiredOption]
    public ByteSize Size { get; set; }

    /// <summary>The size of a logical sector in bytes: 512 or 4096.</summary>
    public int SectorSize { get; set; } = 512;
}
