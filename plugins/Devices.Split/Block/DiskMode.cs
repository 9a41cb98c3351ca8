namespace Dominion.Devices.Split.Block;

/// <summary>What a guest may do with a disk.</summary>
public enum DiskMode
{
    /// <summary>Read and write.</summary>
    Rw,

    /// <summary>Read only.</summary>
    Ro,
}
