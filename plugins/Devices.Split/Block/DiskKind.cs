namespace Dominion.Devices.Split.Block;

/// <summary>What a guest takes a disk for.</summary>
public enum DiskKind
{
    /// <summary>A hard disk.</summary>
    Disk,

    /// <summary>A CD-ROM, which is read-only and removable.</summary>
    Cdrom,
}
