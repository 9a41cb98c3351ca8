namespace Dominion.Devices.Pc.Storage;

/// <summary>The drives at an IDE controller.</summary>
public sealed class IdeOptions
{
    /// <summary>Device 0 of the primary channel: the first disk.</summary>
    public DriveOptions? PrimaryMaster { get; set; }

    /// <summary>Device 1 of the primary channel.</summary>
    public DriveOptions? PrimarySlave { get; set; }

    /// <summary>Device 0 of the secondary channel.</summary>
    public DriveOptions? SecondaryMaster { get; set; }

    /// <summary>Device 1 of the secondary channel.</summary>
    public DriveOptions? SecondarySlave { get; set; }
}
