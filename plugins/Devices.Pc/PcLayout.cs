namespace Dominion.Devices.Pc;

/// <summary>Where things are on the board <c>pc</c>: the one table that the board, its devices and the firmware tables share, beside <see cref="Pci.PciLayout"/>.</summary>
internal static class PcLayout
{
    /// <summary>The first byte of the legacy video hole, which holds no RAM.</summary>
    public const ulong VideoHole = 0xA_0000;

    /// <summary>The first byte after the legacy video hole.</summary>
    public const ulong VideoHoleEnd = 0xC_0000;

    /// <summary>The extended BIOS data area: the last KiB under 640 KiB.</summary>
    public const ulong ExtendedBiosData = 0x9_FC00;

    /// <summary>Where the ACPI root pointer is on a board whose BIOS area is ROM: in the first KiB of the extended BIOS data area (ACPI 6.5, 5.2.5.1).</summary>
    public const ulong ExtendedBiosRootPointer = ExtendedBiosData + 0x10;

    /// <summary>The BIOS area, where the ACPI root pointer is.</summary>
    public const ulong BiosArea = 0xF_0000;

    /// <summary>1 MiB: where extended memory starts.</summary>
    public const ulong ExtendedMemory = 0x10_0000;

    /// <summary>The end of low RAM at most; from here to 4 GiB is the PCI hole.</summary>
    public const ulong PciHole = Pci.PciLayout.Memory32Start;

    /// <summary>The I/O APIC's registers.</summary>
    public const ulong IoApic = 0xFEC0_0000;

    /// <summary>The HPET's registers.</summary>
    public const ulong Hpet = 0xFED0_0000;

    /// <summary>The IOMMU's registers.</summary>
    public const ulong Iommu = 0xFED9_0000;

    /// <summary>The local APIC's registers after reset.</summary>
    public const ulong LocalApic = 0xFEE0_0000;

    /// <summary>Where RAM goes on above the PCI hole.</summary>
    public const ulong HighMemory = 0x1_0000_0000;

    /// <summary>How many global system interrupts there are.</summary>
    public const int InterruptCount = 24;

    /// <summary>The global system interrupt of ACPI events.</summary>
    public const int SystemControlInterrupt = 9;

    /// <summary>The PM1 event, PM1 control, PM timer and reset registers.</summary>
    public const ushort PowerManagementPorts = 0x600;

}
