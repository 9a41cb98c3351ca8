namespace Dominion.Devices.Pc.Storage;

/// <summary>The bits of a drive's status register (ATA8-ACS, 6.3).</summary>
[Flags]
internal enum AtaStatus : byte
{
    /// <summary>ERR, for packet devices CHK: the command failed.</summary>
    Error = 0x01,

    /// <summary>DRQ: data can be moved.</summary>
    DataRequest = 0x08,

    /// <summary>DSC: an old drive's seek has ended.</summary>
    SeekComplete = 0x10,

    /// <summary>DF: the drive cannot do it.</summary>
    DeviceFault = 0x20,

    /// <summary>DRDY: the drive takes commands.</summary>
    Ready = 0x40,

    /// <summary>BSY: the drive works.</summary>
    Busy = 0x80,
}
