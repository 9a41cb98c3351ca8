namespace Dominion.Devices.Pc.Network;

/// <summary>Causes of an interrupt (PCI/PCI-X Family of Gigabit Ethernet Controllers Software Developer's Manual, 13.4.17 "ICR").</summary>
[Flags]
internal enum E1000Cause : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>TXDW: a transmit descriptor was written back.</summary>
    TransmitDone = 1 << 0,

    /// <summary>TXQE: the transmit queue is empty.</summary>
    TransmitEmpty = 1 << 1,

    /// <summary>LSC: the link went up or down.</summary>
    LinkChange = 1 << 2,

    /// <summary>RXDMT0: few receive descriptors are left.</summary>
    ReceiveLow = 1 << 4,

    /// <summary>RXO: a frame found no room.</summary>
    ReceiveOverrun = 1 << 6,

    /// <summary>RXT0: frames were received.</summary>
    Received = 1 << 7,

    /// <summary>MDAC: an access to the PHY has ended.</summary>
    PhyAccess = 1 << 9,

    /// <summary>TXD_LOW: few transmit descriptors are left to send.</summary>
    TransmitLow = 1 << 15,

    /// <summary>What there is.</summary>
    All = 0x0001_FFDF,
}
