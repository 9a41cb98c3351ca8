namespace Dominion.Devices.Pc.Storage;

/// <summary>How a command moves its data (ATA8-AAM, 5 "Command protocols").</summary>
internal enum AtaProtocol : byte
{
    /// <summary>No data; the command has ended.</summary>
    None,

    /// <summary>From the drive, by the data register.</summary>
    PioIn,

    /// <summary>To the drive, by the data register.</summary>
    PioOut,

    /// <summary>From the drive, by bus mastering.</summary>
    DmaIn,

    /// <summary>To the drive, by bus mastering.</summary>
    DmaOut,

    /// <summary>A packet command waits for its packet.</summary>
    Packet,
}
