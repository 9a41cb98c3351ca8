namespace Dominion.Devices.Pc;

/// <summary>Where things are on the board <c>pc</c>: the one table that the board, the PCI host bridge and the firmware tables share.</summary>
internal static class PcLayout
{
    /// <summary>The first byte of the legacy video hole, which holds no RAM.</summary>
    public const ulong VideoHole = 0xA_0000;

    /// <summary>The first byte after the legacy video hole.</summary>
    public const ulong VideoHoleEnd = 0xC_0000;

    /// <summary>The extended BIOS data area: the last KiB under 640 KiB.</summary>
    public const ulong ExtendedBiosData = 0x9_FC00;

    /// <summary>The BIOS area, where the ACPI root pointer is.</summary>
    public const ulong BiosArea = 0xF_0000;

    /// <summary>1 MiB: where extended memory starts.</summary>
    public const ulong ExtendedMemory = 0x10_0000;

    /// <summary>The end of low RAM at most; from here to 4 GiB is the PCI hole.</summary>
    public const ulong PciHole = 0xC000_0000;

    /// <summary>The first 32-bit window for PCI memory.</summary>
    public const ulong PciWindow = 0xC000_0000;

    /// <summary>The length of <see cref="PciWindow"/>.</summary>
    public const ulong PciWindowLength = 0x2000_0000;

    /// <summary>PCI Express's memory-mapped configuration space (ECAM): 1 MiB a bus.</summary>
    public const ulong Ecam = 0xE000_0000;

    /// <summary>How many buses <see cref="Ecam"/> covers.</summary>
    public const int EcamBuses = 256;

    /// <summary>The I/O APIC's registers.</summary>
    public const ulong IoApic = 0xFEC0_0000;

    /// <summary>The HPET's registers.</summary>
    public const ulong Hpet = 0xFED0_0000;

    /// <summary>The local APIC's registers after reset.</summary>
    public const ulong LocalApic = 0xFEE0_0000;

    /// <summary>Where RAM goes on above the PCI hole.</summary>
    public const ulong HighMemory = 0x1_0000_0000;

    /// <summary>The first I/O port for PCI functions.</summary>
    public const ushort PciPorts = 0xC000;

    /// <summary>How many I/O ports there are for PCI functions.</summary>
    public const int PciPortCount = 0x4000;

    /// <summary>How many global system interrupts there are.</summary>
    public const int InterruptCount = 24;

    /// <summary>The global system interrupt of ACPI events.</summary>
    public const int SystemControlInterrupt = 9;

    /// <summary>The PM1 event, PM1 control, PM timer and reset registers.</summary>
    public const ushort PowerManagementPorts = 0x600;

    /// <summary>The global system interrupt that a PCI function's pin is wired to; the DSDT's _PRT says the same.</summary>
    /// <param name="device">The device number, 0 to 31.</param>
    /// <param name="pin">0 for INTA# to 3 for INTD#.</param>
    /// <returns>16 to 19.</returns>
    public static int PciInterrupt(int device, int pin) => 16 + ((device + pin) & 3);

    /// <summary>The window for 64-bit PCI memory: a quarter of the address space, from its middle on, where no RAM can be.</summary>
    /// <param name="addressBits">The number of bits of a physical address.</param>
    /// <returns>The first address and the length.</returns>
    public static (ulong Start, ulong Length) PciHighWindow(int addressBits) => (1UL << (addressBits - 1), 1UL << (addressBits - 2));
}
