using System.Buffers.Binary;
using System.Text;
using Dominion.Devices.Pc.Pci;

namespace Dominion.Devices.Pc.Firmware;

/// <summary>Builds the ACPI tables (ACPI 6.5, 5.2) as the firmware would leave them in RAM.</summary>
internal sealed class AcpiTables
{
    private const int Alignment = 64;
    private const int HeaderLength = 36;
    private readonly AcpiMachine _machine;
    private readonly ulong _start;
    private readonly List<byte> _bytes = [];

    private AcpiTables(AcpiMachine machine, ulong start)
    {
        _machine = machine;
        _start = start;
    }

    /// <summary>Builds the tables.</summary>
    /// <param name="machine">What they tell.</param>
    /// <param name="start">The address of the first byte of <c>Tables</c>, a multiple of 64 under 4 GiB.</param>
    /// <param name="facs">The address of the FACS, a multiple of 64 under 4 GiB.</param>
    /// <returns>The tables, the FACS and the root pointer that leads to them.</returns>
    public static (byte[] Tables, byte[] Facs, byte[] RootPointer) Build(AcpiMachine machine, ulong start, ulong facs)
    {
        var tables = new AcpiTables(machine, start);
        ulong dsdt = tables.Add("DSDT", 2, Dsdt.Build(machine));
        List<ulong> entries = [tables.Add("FACP", 6, tables.FixedDescription(dsdt, facs)), tables.Add("APIC", 5, tables.InterruptControllers())];
        if (machine.HasHpet)
            entries.Add(tables.Add("HPET", 1, Hpet()));
        if (machine.HasPci)
            entries.Add(tables.Add("MCFG", 1, MemoryMappedConfiguration()));
        if (machine.Remapping is { } unit)
            entries.Add(tables.Add("DMAR", 1, RemappingTable.Build(machine, unit)));
        ulong rsdt = tables.Add("RSDT", 1, Concatenate(entries.Select(entry => Little(entry, 4))));
        ulong xsdt = tables.Add("XSDT", 1, Concatenate(entries.Select(entry => Little(entry, 8))));
        return ([.. tables._bytes], FirmwareControl(), RootPointer(rsdt, xsdt));
    }

    // ACPI 6.5, 5.2.5.3: the first checksum covers the 20 bytes of revision 0.
    private static byte[] RootPointer(ulong rsdt, ulong xsdt)
    {
        byte[] pointer =
        [
            .. "RSD PTR "u8, 0, .. "DOMINI"u8, 2, .. Little(rsdt, 4), .. Little(36, 4), .. Little(xsdt, 8), 0, 0, 0, 0,
        ];
        pointer[8] = Checksum(pointer.AsSpan(0, 20));
        pointer[32] = Checksum(pointer);
        return pointer;
    }

    // ACPI 6.5, 5.2.10.
    private static byte[] FirmwareControl()
    {
        byte[] facs = new byte[64];
        "FACS"u8.CopyTo(facs);
        facs[4] = 64;
        facs[32] = 2;
        return facs;
    }

    // IA-PC HPET 1.0a, 3.2.4: the block's id as its capability register has it, the address, and the least tick of periodic mode.
    private static byte[] Hpet() =>
        [.. Little(Timers.Hpet.BlockId, 4), .. GenericAddress(0, 64, PcLayout.Hpet, 0), 0, .. Little(Timers.Hpet.MinimumPeriodicTicks, 2), 0];

    // PCI Firmware 3.3, 4.1.2.
    private static byte[] MemoryMappedConfiguration() =>
        [.. new byte[8], .. Little(PciLayout.EcamStart, 8), 0, 0, 0, PciLayout.LastBus, .. new byte[4]];

    // ACPI 6.5, 5.2.3.2.
    private static byte[] GenericAddress(byte space, byte bits, ulong address, byte accessSize) => [space, bits, 0, accessSize, .. Little(address, 8)];

    private static byte[] Ports(int offset, byte bytes, byte accessSize) =>
        GenericAddress(1, (byte)(bytes * 8), PcLayout.PowerManagementPorts + (ulong)offset, accessSize);

    private static byte[] Concatenate(IEnumerable<byte[]> parts) => [.. parts.SelectMany(part => part)];

    private static byte[] Little(ulong value, int size)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes[..size];
    }

    private static byte Checksum(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (byte part in bytes)
            sum += part;
        return (byte)-sum;
    }

    private ulong Add(string signature, byte revision, byte[] body)
    {
        while (_bytes.Count % Alignment != 0)
            _bytes.Add(0);
        ulong address = _start + (ulong)_bytes.Count;
        byte[] table =
        [
            .. Encoding.ASCII.GetBytes(signature), .. Little((ulong)(HeaderLength + body.Length), 4), revision, 0,
            .. "DOMINI"u8, .. "DOMINION"u8, .. Little(1, 4), .. "DOMN"u8, .. Little(1, 4), .. body,
        ];
        table[9] = Checksum(table);
        _bytes.AddRange(table);
        return address;
    }

    // ACPI 6.5, table 5.9; the comments give the offsets in the table.
    private byte[] FixedDescription(ulong dsdt, ulong facs)
    {
        const uint Wbinvd = 1 << 0;
        const uint SleepButtonAbsent = 1 << 5;
        const uint ClockWakesNot = 1 << 6;
        const uint TimerHas32Bits = 1 << 8;
        const uint ResetSupported = 1 << 10;
        const uint ProcC1 = 1 << 2;
        const uint HardwareReduced = 1 << 20;
        byte[] body = new byte[276 - HeaderLength];
        void Put(int offset, ReadOnlySpan<byte> bytes) => bytes.CopyTo(body.AsSpan(offset - HeaderLength));
        void PutValue(int offset, ulong value, int size) => Put(offset, Little(value, size));

        PutValue(36, facs, 4);
        PutValue(40, dsdt, 4);
        PutValue(96, 0xFFFF, 2); // P_LVL2_LAT: no C2
        PutValue(98, 0xFFFF, 2); // P_LVL3_LAT: no C3
        if (_machine.HasRtc)
            PutValue(108, Timers.Mc146818.CenturyRegister, 1);
        uint legacyDevices = 1; // IAPC_BOOT_ARCH: LEGACY_DEVICES
        if (_machine.HasKeyboard)
            legacyDevices |= 2; // 8042
        if (!_machine.HasDisplay)
            legacyDevices |= 1 << 2; // no VGA
        if (!_machine.HasRtc)
            legacyDevices |= 1 << 5; // no CMOS RTC
        PutValue(109, legacyDevices, 2);
        uint flags = Wbinvd | ProcC1;
        PutValue(140, dsdt, 8); // X_DSDT; X_FIRMWARE_CTRL stays 0 because FIRMWARE_CTRL is used
        if (!_machine.HasPowerManagement)
        {
            PutValue(112, flags | HardwareReduced, 4);
            return body;
        }

        PutValue(46, PcLayout.SystemControlInterrupt, 2); // SCI_INT
        PutValue(56, PcLayout.PowerManagementPorts + (ulong)AcpiPowerManagement.EventOffset, 4); // PM1a_EVT_BLK
        PutValue(64, PcLayout.PowerManagementPorts + (ulong)AcpiPowerManagement.ControlOffset, 4); // PM1a_CNT_BLK
        PutValue(76, PcLayout.PowerManagementPorts + (ulong)AcpiPowerManagement.TimerOffset, 4); // PM_TMR_BLK
        PutValue(88, 4, 1); // PM1_EVT_LEN
        PutValue(89, 2, 1); // PM1_CNT_LEN
        PutValue(91, 4, 1); // PM_TMR_LEN
        PutValue(112, flags | SleepButtonAbsent | (_machine.ClockWakes ? 0 : ClockWakesNot) | TimerHas32Bits | ResetSupported, 4);
        Put(116, Ports(AcpiPowerManagement.ResetOffset, 1, 1)); // RESET_REG
        PutValue(128, AcpiPowerManagement.ResetValue, 1);
        Put(148, Ports(AcpiPowerManagement.EventOffset, 4, 2)); // X_PM1a_EVT_BLK
        Put(172, Ports(AcpiPowerManagement.ControlOffset, 2, 2)); // X_PM1a_CNT_BLK
        Put(208, Ports(AcpiPowerManagement.TimerOffset, 4, 3)); // X_PM_TMR_BLK
        return body;
    }

    // ACPI 6.5, 5.2.12.
    private byte[] InterruptControllers()
    {
        const ushort ActiveHighEdge = 0x5;
        const ushort ActiveHighLevel = 0xD;
        List<byte> body = [.. Little(PcLayout.LocalApic, 4), .. Little(_machine.HasPic ? 1u : 0, 4)];
        for (int i = 0; i < _machine.VcpuCount; i++)
        {
            if (i < 255)
                body.AddRange([0, 8, (byte)i, (byte)i, 1, 0, 0, 0]);
            else
                body.AddRange([9, 16, 0, 0, .. Little((ulong)i, 4), 1, 0, 0, 0, .. Little((ulong)i, 4)]);
        }

        if (_machine.HasIoApic)
        {
            body.AddRange([1, 12, 0, 0, .. Little(PcLayout.IoApic, 4), .. Little(0, 4)]);
            body.AddRange([2, 10, 0, 0, .. Little(2, 4), .. Little(ActiveHighEdge, 2)]);
            body.AddRange([2, 10, 0, PcLayout.SystemControlInterrupt, .. Little(PcLayout.SystemControlInterrupt, 4), .. Little(ActiveHighLevel, 2)]);
        }

        // LINT1 of every processor is NMI.
        body.AddRange([4, 6, 0xFF, .. Little(ActiveHighEdge, 2), 1]);
        return [.. body];
    }
}
