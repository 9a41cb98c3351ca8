namespace Dominion.Devices.Pc.Iommu;

/// <summary>Why a request was blocked (Intel VT-d, appendix A "Fault Reason Encodings").</summary>
internal enum RemappingFault : byte
{
    /// <summary>No fault.</summary>
    None = 0,

    /// <summary>The root entry is not present.</summary>
    RootNotPresent = 0x01,

    /// <summary>The context entry is not present.</summary>
    ContextNotPresent = 0x02,

    /// <summary>The context entry asks for what the unit does not have.</summary>
    ContextInvalid = 0x03,

    /// <summary>The address is wider than the tables or the unit.</summary>
    AddressTooWide = 0x04,

    /// <summary>A table does not let the requester write.</summary>
    WriteDenied = 0x05,

    /// <summary>A table does not let the requester read.</summary>
    ReadDenied = 0x06,

    /// <summary>A second-level entry could not be read.</summary>
    PageTableUnreadable = 0x07,

    /// <summary>The root entry could not be read.</summary>
    RootTableUnreadable = 0x08,

    /// <summary>The context entry could not be read.</summary>
    ContextTableUnreadable = 0x09,

    /// <summary>Reserved bits are set in a root entry.</summary>
    RootReserved = 0x0A,

    /// <summary>Reserved bits are set in a context entry.</summary>
    ContextReserved = 0x0B,

    /// <summary>Reserved bits are set in a second-level entry.</summary>
    PageTableReserved = 0x0C,

    /// <summary>The address leads to the range of interrupt messages.</summary>
    InterruptRange = 0x0E,

    /// <summary>Reserved bits are set in a remappable interrupt request.</summary>
    RequestReserved = 0x20,

    /// <summary>The index is beyond the interrupt remapping table.</summary>
    IndexTooLarge = 0x21,

    /// <summary>The interrupt remapping entry is not present.</summary>
    EntryNotPresent = 0x22,

    /// <summary>The interrupt remapping entry could not be read.</summary>
    EntryUnreadable = 0x23,

    /// <summary>Reserved bits are set in an interrupt remapping entry.</summary>
    EntryReserved = 0x24,

    /// <summary>A request of the compatibility format is blocked.</summary>
    CompatibilityBlocked = 0x25,

    /// <summary>The entry is not for this requester.</summary>
    SourceDenied = 0x26,
}
