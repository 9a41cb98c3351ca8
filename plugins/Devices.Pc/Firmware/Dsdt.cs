using Dominion.Devices.Pc.Pci;
using static Dominion.Devices.Pc.Firmware.Aml;

namespace Dominion.Devices.Pc.Firmware;

/// <summary>The body of the DSDT: what is on the board, in ACPI machine language.</summary>
internal static class Dsdt
{
    private const string InterruptModel = "\\PICM";

    /// <summary>Encodes the namespace.</summary>
    /// <param name="machine">What there is.</param>
    /// <returns>The table's body.</returns>
    public static byte[] Build(AcpiMachine machine)
    {
        List<byte[]> terms =
        [
            // The interrupt model that the system chooses (ACPI 6.5, 5.8.1): 0 for the 8259s, 1 for the APICs.
            Name(InterruptModel, Integer(0)),
            Method("\\_PIC", 1, StoreArgument(InterruptModel)),
        ];
        if (machine.HasPowerManagement)
            terms.Add(Name("\\_S5", Package(Integer(AcpiPowerManagement.SoftOffType), Integer(0), Integer(0), Integer(0))));
        if (machine.CanSleep)
            terms.Add(Name("\\_S3", Package(Integer(AcpiPowerManagement.SuspendType), Integer(AcpiPowerManagement.SuspendType), Integer(0), Integer(0))));
        List<byte[]> system = [.. Enumerable.Range(0, machine.VcpuCount).Select(Processor)];
        if (machine.HasHpet)
            system.Add(Device("HPET", Name("_HID", EisaId("PNP0103")), Name("_UID", Integer(0)), Name("_CRS", Resources(FixedMemory((uint)PcLayout.Hpet, 0x400)))));
        system.Add(Motherboard(machine));
        if (machine.HasPci)
            system.Add(Device("PCI0", PciRoot(machine)));
        system.AddRange(IsaDevices(machine));
        terms.Add(Scope("\\_SB", system));
        return Join(terms);
    }

    private static byte[] Processor(int index) =>
        Device($"C{index:X3}", Name("_HID", Text("ACPI0007")), Name("_UID", Integer((ulong)index)));

    // Ranges that belong to no device of their own; the ECAM must be reserved here (PCI Firmware 3.3, 4.1.2).
    private static byte[] Motherboard(AcpiMachine machine)
    {
        List<byte[]> ranges = [Ports(0x61, 1), Ports(0x92, 1)];
        if (machine.HasPowerManagement)
            ranges.Add(Ports(PcLayout.PowerManagementPorts, 0x10));
        if (machine.HasPic)
            ranges.Add(Ports(0x4D0, 2));
        if (machine.HasIoApic)
            ranges.Add(FixedMemory((uint)PcLayout.IoApic, 0x1000));
        ranges.Add(FixedMemory((uint)PcLayout.LocalApic, 0x1000));
        if (machine.HasPci)
            ranges.Add(FixedMemory((uint)PciLayout.EcamStart, (uint)PciLayout.EcamLength));
        return Device("MBRD", Name("_HID", EisaId("PNP0C02")), Name("_UID", Integer(1)), Name("_CRS", Resources(ranges)));
    }

    private static IEnumerable<byte[]> PciRoot(AcpiMachine machine)
    {
        (ulong highStart, ulong highLength) = PciLayout.GetMemory64Window(machine.AddressBits);
        yield return Name("_HID", EisaId("PNP0A08"));
        yield return Name("_CID", EisaId("PNP0A03"));
        yield return Name("_SEG", Integer(0));
        yield return Name("_BBN", Integer(0));
        yield return Name("_UID", Integer(0));
        List<byte[]> windows =
        [
            BusNumbers(0, PciLayout.LastBus),
            Ports(PciLayout.ConfigurationPort, PciLayout.ConfigurationPortCount),
            PortWindow(0x0000, PciLayout.ConfigurationPort - 1),
            PortWindow(PciLayout.ConfigurationPort + PciLayout.ConfigurationPortCount, 0xFFFF),
            MemoryWindow((uint)PcLayout.VideoHole, (uint)PcLayout.VideoHoleEnd - 1),
            MemoryWindow((uint)PciLayout.Memory32Start, (uint)(PciLayout.Memory32Start + PciLayout.Memory32Length - 1)),
            MemoryWindow((uint)PciLayout.UpperMemory32Start, (uint)(PciLayout.UpperMemory32Start + PciLayout.UpperMemory32Length - 1)),
        ];
        if (highLength != 0)
            windows.Add(LongMemoryWindow(highStart, highStart + highLength - 1));
        yield return Name("_CRS", Resources(windows));
        yield return Name("PRTA", InterruptRouting(PciLayout.GetPinInterrupt));
        yield return Name("PRTP", InterruptRouting((device, pin) => PciLayout.GetLegacyInterrupt(PciLayout.GetPinInterrupt(device, pin))));
        yield return Method("_PRT", 0, If(InterruptModel, Return(NameString("PRTA"))), Return(NameString("PRTP")));
    }

    // ACPI 6.5, 6.2.13: address, pin, no link device, global system interrupt.
    private static byte[] InterruptRouting(Func<int, int, int> interruptOf)
    {
        List<byte[]> routes = [];
        for (int device = 1; device < 32; device++)
        {
            for (int pin = 0; pin < 4; pin++)
            {
                routes.Add(Package(
                    Integer(((ulong)device << 16) | 0xFFFF),
                    Integer((ulong)pin),
                    Integer(0),
                    Integer((ulong)interruptOf(device, pin))));
            }
        }

        return Package(routes);
    }

    private static IEnumerable<byte[]> IsaDevices(AcpiMachine machine)
    {
        if (machine.HasPic)
            yield return Device("PIC", Name("_HID", EisaId("PNP0000")), Name("_CRS", Resources(Ports(0x20, 2), Ports(0xA0, 2), Irq(2))));
        if (machine.HasPit)
            yield return Device("TIMR", Name("_HID", EisaId("PNP0100")), Name("_CRS", Resources(Ports(0x40, 4), Irq(0))));
        if (machine.HasRtc)
            yield return Device("RTC", Name("_HID", EisaId("PNP0B00")), Name("_CRS", Resources(Ports(0x70, 2), Irq(8))));
        if (machine.HasKeyboard)
            yield return Device("KBD", Name("_HID", EisaId("PNP0303")), Name("_CRS", Resources(Ports(0x60, 1), Ports(0x64, 1), Irq(1))));
        if (machine.HasMouse)
            yield return Device("MOU", Name("_HID", EisaId("PNP0F13")), Name("_CRS", Resources(Irq(12))));
        for (int i = 0; i < machine.SerialPorts.Count; i++)
        {
            (ushort port, int irq) = machine.SerialPorts[i];
            byte[][] interrupt = irq < 16 ? [Irq(irq)] : [];
            yield return Device(
                $"COM{i + 1}",
                Name("_HID", EisaId("PNP0501")),
                Name("_UID", Integer((ulong)i + 1)),
                Name("_CRS", Resources([Ports(port, 8), .. interrupt])));
        }
    }
}
