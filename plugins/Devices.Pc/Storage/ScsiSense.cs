namespace Dominion.Devices.Pc.Storage;

/// <summary>Why a packet command failed: sense key, additional code and its qualifier (MMC-6, annex F).</summary>
/// <param name="Key">The sense key.</param>
/// <param name="Code">The additional sense code.</param>
/// <param name="Qualifier">The additional sense code's qualifier.</param>
internal readonly record struct ScsiSense(byte Key, byte Code, byte Qualifier)
{
    /// <summary>No sense.</summary>
    public static readonly ScsiSense None = new(0, 0, 0);

    /// <summary>NOT READY, medium not present, tray open.</summary>
    public static readonly ScsiSense NoMedium = new(2, 0x3A, 2);

    /// <summary>MEDIUM ERROR, unrecovered read error.</summary>
    public static readonly ScsiSense ReadError = new(3, 0x11, 0);

    /// <summary>ILLEGAL REQUEST, invalid command operation code.</summary>
    public static readonly ScsiSense InvalidCommand = new(5, 0x20, 0);

    /// <summary>ILLEGAL REQUEST, logical block address out of range.</summary>
    public static readonly ScsiSense OutOfRange = new(5, 0x21, 0);

    /// <summary>ILLEGAL REQUEST, invalid field in CDB.</summary>
    public static readonly ScsiSense InvalidField = new(5, 0x24, 0);

    /// <summary>ILLEGAL REQUEST, medium removal prevented.</summary>
    public static readonly ScsiSense RemovalPrevented = new(5, 0x53, 2);

    /// <summary>UNIT ATTENTION, not ready to ready change.</summary>
    public static readonly ScsiSense MediumChanged = new(6, 0x28, 0);

    /// <summary>UNIT ATTENTION, power on or reset occurred.</summary>
    public static readonly ScsiSense PowerOn = new(6, 0x29, 0);
}
