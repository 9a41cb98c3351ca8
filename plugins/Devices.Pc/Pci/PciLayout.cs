namespace Dominion.Devices.Pc.Pci;

/// <summary>Where the PC's PCI host bridge keeps things in the physical and the port space. The board's firmware tables (MCFG, _CRS, _PRT, the memory map) say the same.</summary>
internal static class PciLayout
{
    /// <summary>The first address of the enhanced configuration access mechanism (ECAM).</summary>
    public const ulong EcamStart = 0xE000_0000;

    /// <summary>The length of the ECAM range: 256 buses of 1 MiB.</summary>
    public const ulong EcamLength = 0x1000_0000;

    /// <summary>The number of the last bus that the ECAM range covers.</summary>
    public const int LastBus = 255;

    /// <summary>The first address of the window for memory BARs under 4 GiB. RAM must end at or below it, and go on above 4 GiB.</summary>
    public const ulong Memory32Start = 0xC000_0000;

    /// <summary>The length of the window for memory BARs under 4 GiB.</summary>
    public const ulong Memory32Length = 0x2000_0000;

    /// <summary>The first address of a second window for memory BARs: nothing is put there but by firmware, which fills the space under the I/O APIC from its top.</summary>
    public const ulong UpperMemory32Start = 0xF000_0000;

    /// <summary>The length of the second window for memory BARs.</summary>
    public const ulong UpperMemory32Length = 0x0EC0_0000;

    /// <summary>The first port of the window for port BARs.</summary>
    public const ushort PortStart = 0xC000;

    /// <summary>How many ports the window for port BARs has.</summary>
    public const int PortLength = 0x4000;

    /// <summary>The first port of configuration mechanism 1: CONFIG_ADDRESS; CONFIG_DATA is four above (PCI Local Bus 3.0, 3.2.2.3.2).</summary>
    public const ushort ConfigurationPort = 0xCF8;

    /// <summary>How many ports configuration mechanism 1 has.</summary>
    public const int ConfigurationPortCount = 8;

    /// <summary>The port of the reset control register, which lies inside CONFIG_ADDRESS and answers byte accesses (Intel ICH9 data sheet, 13.7.5 "RST_CNT").</summary>
    public const ushort ResetControlPort = 0xCF9;

    /// <summary>The first global system interrupt of the four that PCI interrupt pins share.</summary>
    public const int FirstPinInterrupt = 16;

    /// <summary>How many global system interrupts PCI pins share.</summary>
    public const int PinInterruptCount = 4;

    /// <summary>The ISA interrupts that PCI pins reach beside their own, in the order of the pins' global system interrupts: what firmware programs into a PIIX's PIRQ route control registers (Intel 82371SB data sheet 290550, 2.2.6) and writes into every function's Interrupt Line.</summary>
    private static readonly int[] LegacyInterrupts = [11, 10, 10, 11];

    /// <summary>The ISA interrupt that a PCI pin's global system interrupt reaches too, for a guest without the I/O APIC. Level triggered.</summary>
    /// <param name="pinInterrupt">16 to 19.</param>
    /// <returns>The ISA interrupt.</returns>
    public static int GetLegacyInterrupt(int pinInterrupt) => LegacyInterrupts[pinInterrupt - FirstPinInterrupt];

    /// <summary>The bits of the edge/level control registers (ports 0x4D0 and 0x4D1) that PCI's interrupts ask for.</summary>
    public static ushort LegacyLevelMask => (ushort)LegacyInterrupts.Aggregate(0, (mask, interrupt) => mask | (1 << interrupt));

    /// <summary>The last number of address bits that moves the window over 4 GiB: beyond 1 TiB nothing is gained.</summary>
    private const int MostUsefulAddressBits = 40;

    /// <summary>The window for 64-bit memory BARs that find no room under 4 GiB: the last quarter of the first tebibyte, or of what fewer address bits reach.</summary>
    /// <param name="addressBits">The number of bits of a physical address.</param>
    /// <returns>Start and length; the length is 0 when there is nothing to gain over 4 GiB.</returns>
    public static (ulong Start, ulong Length) GetMemory64Window(int addressBits)
    {
        int bits = Math.Min(addressBits, MostUsefulAddressBits);
        if (bits < 35)
            return (0, 0);
        ulong length = 1UL << (bits - 2);
        return (3 * length, length);
    }

    /// <summary>The global system interrupt of a function's pin: 16 to 19, <c>16 + ((device + pin) &amp; 3)</c>, so that neighbours do not share. Active low and level triggered on a PC's I/O APIC. The board's _PRT describes exactly this.</summary>
    /// <param name="deviceNumber">The device number, 0 to 31.</param>
    /// <param name="pin">The pin: 0 for INTA#, 1 for INTB#, 2 for INTC#, 3 for INTD#, as in a _PRT entry.</param>
    /// <returns>The global system interrupt.</returns>
    public static int GetPinInterrupt(int deviceNumber, int pin) => FirstPinInterrupt + ((deviceNumber + pin) & (PinInterruptCount - 1));
}
