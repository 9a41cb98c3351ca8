namespace Dominion.Devices.Pc.Storage;

/// <summary>The bits of a drive's error register (ATA8-ACS, 6.2). For packet devices bits 7–4 are the sense key.</summary>
[Flags]
internal enum AtaError : byte
{
    /// <summary>No error.</summary>
    None = 0,

    /// <summary>ABRT: the command is not supported or its parameters are wrong.</summary>
    Aborted = 0x04,

    /// <summary>IDNF: the address is not on the medium.</summary>
    NotFound = 0x10,

    /// <summary>UNC: the data cannot be read.</summary>
    Uncorrectable = 0x40,
}
