using System.Buffers.Binary;
using System.Text;
using Dominion.Devices.Pc.Tests.Mainboard;

namespace Dominion.Devices.Pc.Tests.Firmware;

/// <summary>The tables as an operating system finds them in RAM (ACPI 6.5, chapter 5.2).</summary>
public sealed class AcpiTablesTests : IDisposable
{
    private readonly TestPc _pc = new(vcpus: 3);
    private readonly Dictionary<string, byte[]> _tables;

    public AcpiTablesTests()
    {
        _tables = AcpiReader.TablesOf(_pc);
    }

    public void Dispose() => _pc.Dispose();

    [Fact]
    public void All_tables_are_there() => Assert.Equal(["APIC", "DSDT", "FACP", "HPET", "MCFG", "RSDT", "XSDT"], _tables.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void FADT_names_the_fixed_hardware()
    {
        byte[] fadt = _tables["FACP"];
        Assert.Equal(276, fadt.Length);
        Assert.Equal(6, fadt[8]);
        Assert.Equal(9, Word(fadt, 46));
        Assert.Equal(0U, Dword(fadt, 48));
        Assert.Equal(0x600U, Dword(fadt, 56));
        Assert.Equal(0x604U, Dword(fadt, 64));
        Assert.Equal(0x608U, Dword(fadt, 76));
        Assert.Equal((4, 2, 4), (fadt[88], fadt[89], fadt[91]));
        Assert.Equal(0x32, fadt[108]);
        Assert.Equal(1U << 10, Dword(fadt, 112) & (1 << 10));
        Assert.Equal(1U << 8, Dword(fadt, 112) & (1 << 8));
        Assert.Equal([1, 8, 0, 1, 0x0C, 6], fadt[116..122]);
        Assert.Equal(6, fadt[128]);
        Assert.Equal(Dword(fadt, 40), Dword(fadt, 140));
    }

    [Fact]
    public void FACS_is_in_non_volatile_memory()
    {
        uint address = Dword(_tables["FACP"], 36);
        Assert.Equal("FACS", Encoding.ASCII.GetString(_pc.Frames.Bytes(address, 4)));
        Assert.Equal(64U, Dword(_pc.Frames.Bytes(address, 64), 4));
        Assert.Equal(0U, address % 64);
        Assert.Contains(_pc.Board.MemoryMap, entry => entry.Type == MemoryMapType.AcpiNonVolatile && entry.Start == address);
    }

    [Fact]
    public void MADT_lists_processors_IO_APIC_override_SCI_and_NMI()
    {
        byte[] madt = _tables["APIC"];
        Assert.Equal(0xFEE0_0000U, Dword(madt, 36));
        Assert.Equal(1U, Dword(madt, 40));
        List<byte[]> entries = [];
        for (int at = 44; at < madt.Length; at += madt[at + 1])
            entries.Add(madt[at..(at + madt[at + 1])]);
        Assert.Equal([0, 0, 0, 1, 2, 2, 4], entries.Select(entry => (int)entry[0]));
        Assert.Equal([0, 1, 2], entries.Take(3).Select(entry => (int)entry[3]));
        Assert.Equal(0xFEC0_0000U, Dword(entries[3], 4));
        Assert.Equal((0, 2U), (entries[4][3], Dword(entries[4], 4)));
        Assert.Equal((9, 9U, 0xD), (entries[5][3], Dword(entries[5], 4), entries[5][8]));
    }

    [Fact]
    public void MCFG_and_HPET_name_their_addresses()
    {
        Assert.Equal(0xE000_0000UL, BinaryPrimitives.ReadUInt64LittleEndian(_tables["MCFG"].AsSpan(44)));
        Assert.Equal((0, 255), (_tables["MCFG"][54], _tables["MCFG"][55]));
        Assert.Equal(0xFED0_0000UL, BinaryPrimitives.ReadUInt64LittleEndian(_tables["HPET"].AsSpan(44)));
        Assert.Equal(_pc.Load(0xFED0_0000), Dword(_tables["HPET"], 36));
    }

    [Fact]
    public void DSDT_is_well_formed_and_names_the_devices()
    {
        List<string> names = [];
        byte[] body = _tables["DSDT"][36..];
        Walk(body, "", names);
        Assert.Contains("\\_S5_", names);
        Assert.Contains("\\_SB_/PCI0", names);
        Assert.Contains("\\_PIC", names);
        Assert.Contains("\\_SB_/PCI0/_PRT", names);
        Assert.Contains("\\_SB_/PCI0/_CRS", names);
        Assert.Contains("\\_SB_/COM1/_CRS", names);
        Assert.Contains("\\_SB_/KBD_/_HID", names);
        Assert.Contains("\\_SB_/RTC_/_HID", names);
        Assert.Contains("\\_SB_/HPET/_HID", names);
        Assert.Equal(3, names.Count(name => name.StartsWith("\\_SB_/C00", StringComparison.Ordinal) && name.EndsWith("_UID", StringComparison.Ordinal)));
        Assert.Equal(names.Count, names.Distinct().Count());
    }

    [Fact]
    public void Tables_leave_out_what_is_not_on_the_board()
    {
        using TestPc bare = new(empty: ["hpet", "pci", "pic", "rtc", "i8042", "com1"]);
        Dictionary<string, byte[]> tables = AcpiReader.TablesOf(bare);
        Assert.DoesNotContain("HPET", tables.Keys);
        Assert.DoesNotContain("MCFG", tables.Keys);
        Assert.Equal(0U, Dword(tables["APIC"], 40));
        Assert.Equal(0, tables["FACP"][108]);
        List<string> names = [];
        Walk(tables["DSDT"][36..], "", names);
        Assert.DoesNotContain(names, name => name.Contains("COM1", StringComparison.Ordinal) || name.Contains("PCI0", StringComparison.Ordinal));
    }

    // A reader of the terms that the DSDT uses: it fails on every other byte.
    private static void Walk(ReadOnlySpan<byte> terms, string scope, List<string> names)
    {
        int at = 0;
        while (at < terms.Length)
        {
            byte opcode = terms[at++];
            if (opcode == 0x08)
            {
                names.Add(Join(scope, NameAt(terms, ref at)));
                SkipValue(terms, ref at);
                continue;
            }

            if (opcode == 0x14)
            {
                int methodEnd = at + LengthAt(terms, ref at);
                names.Add(Join(scope, NameAt(terms, ref at)));
                at = methodEnd;
                continue;
            }

            if (opcode == 0x5B)
                Assert.Equal(0x82, terms[at++]);
            else
                Assert.Equal(0x10, opcode);
            int end = at + LengthAt(terms, ref at);
            Assert.True(end <= terms.Length);
            string name = Join(scope, NameAt(terms, ref at));
            if (opcode == 0x5B)
                names.Add(name);
            Walk(terms[at..end], name, names);
            at = end;
        }
    }

    private static string Join(string scope, string name) => name[0] == '\\' || scope.Length == 0 ? name : $"{scope}/{name}";

    private static string NameAt(ReadOnlySpan<byte> terms, ref int at)
    {
        string root = terms[at] == '\\' ? "\\" : "";
        at += root.Length;
        string name = root + Encoding.ASCII.GetString(terms.Slice(at, 4));
        Assert.Matches("^\\\\?[A-Z_][A-Z0-9_]{3}$", name);
        at += 4;
        return name;
    }

    private static int LengthAt(ReadOnlySpan<byte> terms, ref int at)
    {
        byte lead = terms[at++];
        int extra = lead >> 6;
        int length = extra == 0 ? lead & 0x3F : lead & 0xF;
        for (int i = 0; i < extra; i++)
            length |= terms[at++] << (4 + (8 * i));
        return length;
    }

    private static void SkipValue(ReadOnlySpan<byte> terms, ref int at)
    {
        byte opcode = terms[at++];
        switch (opcode)
        {
            case 0x00 or 0x01:
                break;
            case 0x0A:
                at += 1;
                break;
            case 0x0B:
                at += 2;
                break;
            case 0x0C:
                at += 4;
                break;
            case 0x0E:
                at += 8;
                break;
            case 0x0D:
                while (terms[at++] != 0)
                {
                    // Up to the end of the string.
                }

                break;
            case 0x11:
                int buffer = at;
                at = buffer + LengthAt(terms, ref at);
                Assert.Equal([0x79, 0x00], terms[(at - 2)..at].ToArray());
                break;
            case 0x12:
                int end = at;
                end += LengthAt(terms, ref at);
                int count = terms[at++];
                for (int i = 0; i < count; i++)
                    SkipValue(terms, ref at);
                Assert.Equal(end, at);
                break;
            default:
                Assert.Fail($"opcode 0x{opcode:X2}");
                break;
        }
    }

    private static int Word(byte[] table, int at) => BinaryPrimitives.ReadUInt16LittleEndian(table.AsSpan(at));

    private static uint Dword(byte[] table, int at) => BinaryPrimitives.ReadUInt32LittleEndian(table.AsSpan(at));
}
