namespace Dominion.Devices.Pc.Pci;

/// <summary>Offsets and bits of a type 0 configuration header (PCI Local Bus 3.0, figure 6-1).</summary>
internal static class PciRegister
{
    /// <summary>Vendor id, 16 bits.</summary>
    public const int VendorId = 0x00;

    /// <summary>Device id, 16 bits.</summary>
    public const int DeviceId = 0x02;

    /// <summary>Command, 16 bits.</summary>
    public const int Command = 0x04;

    /// <summary>Status, 16 bits.</summary>
    public const int Status = 0x06;

    /// <summary>Revision in bits 7–0, class code in bits 31–8.</summary>
    public const int RevisionAndClass = 0x08;

    /// <summary>Cache line size, 8 bits.</summary>
    public const int CacheLineSize = 0x0C;

    /// <summary>The first base address register; six of 32 bits.</summary>
    public const int BaseAddress0 = 0x10;

    /// <summary>Subsystem vendor id, 16 bits.</summary>
    public const int SubsystemVendorId = 0x2C;

    /// <summary>Subsystem id, 16 bits.</summary>
    public const int SubsystemId = 0x2E;

    /// <summary>Expansion ROM base address, 32 bits.</summary>
    public const int ExpansionRom = 0x30;

    /// <summary>Offset of the first capability, 8 bits.</summary>
    public const int CapabilitiesPointer = 0x34;

    /// <summary>Interrupt line, 8 bits: what firmware knows of the routing.</summary>
    public const int InterruptLine = 0x3C;

    /// <summary>Interrupt pin, 8 bits: 0 none, 1 INTA#.</summary>
    public const int InterruptPin = 0x3D;

    /// <summary>The first offset after the header: capabilities live here.</summary>
    public const int FirstCapability = 0x40;

    /// <summary>The length of the conventional configuration space.</summary>
    public const int Length = 0x100;

    /// <summary>Command bit 0: port BARs answer.</summary>
    public const ushort CommandPorts = 1 << 0;

    /// <summary>Command bit 1: memory BARs answer.</summary>
    public const ushort CommandMemory = 1 << 1;

    /// <summary>Command bit 2: the function may master the bus.</summary>
    public const ushort CommandBusMaster = 1 << 2;

    /// <summary>Command bit 6: parity error response; kept, without effect.</summary>
    public const ushort CommandParity = 1 << 6;

    /// <summary>Command bit 8: SERR# enable; kept, without effect.</summary>
    public const ushort CommandSystemError = 1 << 8;

    /// <summary>Command bit 10: the interrupt pin is not driven.</summary>
    public const ushort CommandInterruptDisable = 1 << 10;

    /// <summary>Status bit 3: the function asks for an interrupt by pin, whether disabled or not.</summary>
    public const ushort StatusInterrupt = 1 << 3;

    /// <summary>Status bit 4: there is a capability list.</summary>
    public const ushort StatusCapabilities = 1 << 4;

    /// <summary>Class and subclass of a display controller that is compatible with VGA (PCI Local Bus 3.0, appendix D).</summary>
    public const uint VgaClass = 0x0300;

    /// <summary>The capability id of MSI (PCI Local Bus 3.0, 6.8.1).</summary>
    public const byte SingleMessageCapabilityId = 0x05;

    /// <summary>The capability id of MSI-X (PCI Local Bus 3.0, 6.8.2).</summary>
    public const byte MessageCapabilityId = 0x11;

    /// <summary>The capability id of a vendor's own capability.</summary>
    public const byte VendorCapabilityId = 0x09;
}
