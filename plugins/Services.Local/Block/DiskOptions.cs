using Dominion.Plugins;

namespace Dominion.Services.Local.Block;

/// <summary>The options of <c>disk</c>.</summary>
public sealed class DiskOptions
{
    /// <summary>The raw image.</summary>
    [PrimaryOption]
    [RequiredOption]
    public FilePath Path { get; set; }

    /// <summary>Whether writes leave the image alone: they go to an overlay that is gone when the machine ends.</summary>
    public bool Overlay { get; set; }

    /// <summary>A file that keeps an overlay from one run to the next; made when it is not there.</summary>
    public FilePath? OverlayFile { get; set; }

    /// <summary>Whether writes are refused.</summary>
    public bool ReadOnly { get; set; }

    /// <summary>The size of a logical sector in bytes: 512 or 4096.</summary>
    public int SectorSize { get; set; } = 512;

    /// <summary>Whether the image is made when it is not there; needs <see cref="Size"/>.</summary>
    public bool Create { get; set; }

    /// <summary>The length of an image that is made.</summary>
    public ByteSize? Size { get; set; }
}
