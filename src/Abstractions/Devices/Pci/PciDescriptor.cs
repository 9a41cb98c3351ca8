namespace Dominion.Devices.Pci;

/// <summary>What a PCI function is (PCI Local Bus 3.0, 6.1 "Configuration Space Organization").</summary>
public sealed record PciDescriptor
{
    /// <summary>The vendor id.</summary>
    public required ushort VendorId { get; init; }

    /// <summary>The device id.</summary>
    public required ushort DeviceId { get; init; }

    /// <summary>Class, subclass and programming interface, in bits 23–16, 15–8 and 7–0.</summary>
    public required uint ClassCode { get; init; }

    /// <summary>The revision id.</summary>
    public byte Revision { get; init; }

    /// <summary>The subsystem's vendor id.</summary>
    public ushort SubsystemVendorId { get; init; }

    /// <summary>The subsystem id.</summary>
    public ushort SubsystemId { get; init; }

    /// <summary>Whether the function drives an interrupt pin (INTA#).</summary>
    public bool HasInterruptPin { get; init; }

    /// <summary>How many MSI-X vectors the function has; 0 for none, at most 2048. The bus places table and pending bits in a BAR of its own: the first free one.</summary>
    public int MessageCount { get; init; }

    /// <summary>Whether the function has MSI: one vector, a 64-bit address (PCI Local Bus 3.0, 6.8.1). The bus places the capability after the others.</summary>
    public bool HasMessageSignal { get; init; }

    /// <summary>The base address registers.</summary>
    public IReadOnlyList<PciBar> Bars { get; init; } = [];

    /// <summary>The expansion ROM's content (PCI Firmware 3.3, 5), or empty for none; at most 16 MiB. The bus maps it where its base address register says, filled up with ones to a power of two.</summary>
    public ReadOnlyMemory<byte> ExpansionRom { get; init; }

    /// <summary>Capabilities beside MSI and MSI-X, in list order.</summary>
    public IReadOnlyList<PciCapability> Capabilities { get; init; } = [];

    /// <summary>Registers of the function's own in configuration space, without overlaps.</summary>
    public IReadOnlyList<PciDeviceRegisters> DeviceRegisters { get; init; } = [];
}
