using Dominion.Devices.Pc.Pci;

namespace Dominion.Devices.Pc.Mainboard;

/// <summary>The slots of the board <c>pc</c>, in the order in which their devices are made: a device may ask for what stands before it.</summary>
internal static class PcSlots
{
    /// <summary>The local APICs; cannot be left empty.</summary>
    public const string LocalApic = "lapic";

    /// <summary>The IOMMU.</summary>
    public const string Iommu = "iommu";

    /// <summary>The 8259s.</summary>
    public const string Pic = "pic";

    /// <summary>The I/O APIC.</summary>
    public const string IoApic = "ioapic";

    /// <summary>The 8254.</summary>
    public const string Pit = "pit";

    /// <summary>The real-time clock.</summary>
    public const string Rtc = "rtc";

    /// <summary>The HPET.</summary>
    public const string Hpet = "hpet";

    /// <summary>ACPI's fixed hardware.</summary>
    public const string AcpiPm = "acpi-pm";

    /// <summary>The keyboard controller.</summary>
    public const string I8042 = "i8042";

    /// <summary>System control port A.</summary>
    public const string Port92 = "port92";

    /// <summary>The PCI host bridge.</summary>
    public const string Pci = "pci";

    /// <summary>The firmware configuration device.</summary>
    public const string FirmwareConfiguration = "fw-cfg";

    /// <summary>All slots with what sits there by default.</summary>
    /// <param name="hasFirmware">Whether the board has firmware: then there is what it needs.</param>
    /// <returns>The slots.</returns>
    public static IReadOnlyList<BoardSlot> Get(bool hasFirmware) =>
    [
        new(LocalApic, "lapic", Nothing),
        new(Iommu, null, Nothing),
        new(Pic, "i8259", Nothing),
        new(IoApic, "ioapic", Nothing),
        new(Pit, "i8254", Nothing),
        new(Rtc, "mc146818", Nothing),
        new(Hpet, "hpet", Nothing),
        new(AcpiPm, "acpi-pm", Nothing),
        new(I8042, "i8042", Nothing),
        new(Port92, "port92", Nothing),
        new("com1", "ns16550", Serial(0x3F8, 4)),
        new("com2", null, Serial(0x2F8, 3)),
        new("com3", null, Serial(0x3E8, 4)),
        new("com4", null, Serial(0x2E8, 3)),
        new("debugcon", null, Nothing),
        new("debug-exit", null, Nothing),
        new(Pci, "pci-host", hasFirmware ? Chipset(PciHostChipset.I440fx) : Nothing),
        new(FirmwareConfiguration, hasFirmware ? "fw-cfg" : null, Nothing),
    ];

    /// <summary>The serial slots with their standard resources.</summary>
    public static IReadOnlyList<(string Slot, ushort Port, int Irq)> SerialPorts { get; } =
        [("com1", 0x3F8, 4), ("com2", 0x2F8, 3), ("com3", 0x3E8, 4), ("com4", 0x2E8, 3)];

    private static IReadOnlyDictionary<string, object> Nothing => new Dictionary<string, object>();

    private static Dictionary<string, object> Chipset(PciHostChipset chipset) => new() { ["chipset"] = chipset };

    private static Dictionary<string, object> Serial(int port, int irq) => new() { ["port"] = port, ["irq"] = irq };
}
