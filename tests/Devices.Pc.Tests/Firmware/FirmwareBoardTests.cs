using System.Buffers.Binary;
using System.Text;
using Dominion.Buses;
using Dominion.Devices.Pc.Mainboard;
using Dominion.Devices.Pc.Tests.Mainboard;
using Dominion.Diagnostics;
using Dominion.Plugins;

namespace Dominion.Devices.Pc.Tests.Firmware;

public sealed class FirmwareBoardTests : IDisposable
{
    private const int Length = 256 << 10;
    private const int AttributeRegisters = 0x59;
    private readonly string _file = Path.GetTempFileName();
    private readonly byte[] _image = new byte[Length];

    public FirmwareBoardTests()
    {
        new Random(7).NextBytes(_image);
        File.WriteAllBytes(_file, _image);
    }

    private PcBoardOptions Options => new() { Firmware = new FilePath(_file) };

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void The_image_ends_at_4_gib_and_its_last_128_kib_at_1_mib()
    {
        using TestPc pc = new(Options);
        Assert.Equal(_image, pc.Frames.Bytes((1UL << 32) - Length, Length));
        Assert.Equal(_image[^0x2_0000..], pc.Frames.Bytes(0xE_0000, 0x2_0000));
        Assert.False(pc.Frames.TryWrite(0xFFFF_FFF0, [0]));
        Assert.False(pc.Frames.TryWrite(0xF_0000, [0]));
    }

    [Fact]
    public void Attribute_registers_make_ram_of_an_area_and_lock_it()
    {
        using TestPc pc = new(Options);
        Assert.Equal(0x1237_8086u, Configuration(pc, 0));

        // PAM6's low nibble is E8000h to EBFFFh: reads and writes go to RAM (Intel 440FX data sheet, 3.2.18).
        SetAttribute(pc, 6, 0x03);
        Assert.True(pc.Frames.TryWrite(0xE_8000, [0xA5]));
        Assert.Equal([0xA5], pc.Frames.Bytes(0xE_8000, 1));
        Assert.False(pc.Frames.TryWrite(0xE_C000, [0xA5]));
        SetAttribute(pc, 6, 0x01);
        Assert.False(pc.Frames.TryWrite(0xE_8000, [0x5A]));
        Assert.Equal([0xA5], pc.Frames.Bytes(0xE_8000, 1));
        SetAttribute(pc, 6, 0x00);
        Assert.Equal(_image[Length - 0x1_8000], pc.Frames.Bytes(0xE_8000, 1)[0]);

        // PAM0's high nibble is the last 64 KiB.
        SetAttribute(pc, 0, 0x30);
        Assert.True(pc.Frames.TryWrite(0xF_FFFF, [0x11]));
        pc.Board.Reset();
        Assert.Equal(_image[^1], pc.Frames.Bytes(0xF_FFFF, 1)[0]);
    }

    [Fact]
    public void Shadow_memory_is_saved_with_its_attributes()
    {
        using TestPc pc = new(Options);
        SetAttribute(pc, 0, 0x30);
        Assert.True(pc.Frames.TryWrite(0xF_1234, [0x77]));
        SetAttribute(pc, 0, 0x10);
        byte[] state = TestDomain.Save(pc.Board);
        using TestPc other = new(Options);
        TestDomain.Restore(other.Board, state);
        Assert.Equal([0x77], other.Frames.Bytes(0xF_1234, 1));
        Assert.False(other.Frames.TryWrite(0xF_1234, [0]));
    }

    [Fact]
    public void The_firmware_is_told_of_memory_processors_and_the_root_pointer()
    {
        using TestPc pc = new(Options, memory: 5UL << 30, vcpus: 2);
        Assert.Equal([2, 0], Item(pc, 5, 2));
        byte[] map = ReadFile(pc, "etc/e820");
        Assert.Equal(0, map.Length % 20);
        List<(ulong Start, ulong End, uint Type)> entries = [];
        for (int i = 0; i < map.Length; i += 20)
        {
            ulong start = BinaryPrimitives.ReadUInt64LittleEndian(map.AsSpan(i));
            entries.Add((start, start + BinaryPrimitives.ReadUInt64LittleEndian(map.AsSpan(i + 8)), BinaryPrimitives.ReadUInt32LittleEndian(map.AsSpan(i + 16))));
        }

        Assert.Equal(0UL, entries[0].Start);
        Assert.Contains(entries, entry => entry == (1UL << 32, (1UL << 32) + (2UL << 30), 1));
        byte[] root = ReadFile(pc, "etc/acpi/rsdp");
        Assert.Equal("RSD PTR ", Encoding.ASCII.GetString(root, 0, 8));
        Assert.Equal(0, root.Sum(part => part) & 0xFF);
        ulong tables = BinaryPrimitives.ReadUInt64LittleEndian(root.AsSpan(24));
        Assert.Equal("XSDT", Encoding.ASCII.GetString(pc.Frames.Bytes(tables, 4)));
        Assert.Contains(entries, entry => entry.Type == 2 && entry.Start <= tables && tables < entry.End);

        // The loader's one command: ALLOCATE, the file, an alignment of 16, in the F segment.
        byte[] loader = ReadFile(pc, "etc/table-loader");
        Assert.Equal(128, loader.Length);
        Assert.Equal([1, 0, 0, 0], loader[..4]);
        Assert.Equal(2, loader[64]);
        Assert.Equal(root, pc.Frames.Bytes(pc.Board.AcpiRootPointer, root.Length));
    }

    [Fact]
    public void The_boot_order_is_in_cmos_ram()
    {
        PcBoardOptions options = Options;
        options.BootOrder = [BootMedium.Cdrom, BootMedium.Disk, BootMedium.Network];
        using TestPc pc = new(options);
        pc.Out(0x70, 0x3D);
        Assert.Equal(0x23, pc.In(0x71));
        pc.Out(0x70, 0x38);
        Assert.Equal(0x41, pc.In(0x71));
    }

    [Theory]
    [InlineData(100)]
    [InlineData((64 << 10) + 1)]
    public void A_file_that_is_no_rom_is_refused(int length)
    {
        File.WriteAllBytes(_file, new byte[length]);
        DiagnosticException refused = Assert.Throws<DiagnosticException>(() => new TestPc(Options));
        Assert.Equal("DOM3222", refused.Diagnostic.Id);
    }

    [Fact]
    public void A_file_that_is_not_there_is_refused()
    {
        PcBoardOptions options = new() { Firmware = new FilePath(_file + ".none") };
        Assert.Equal("DOM3221", Assert.Throws<DiagnosticException>(() => new TestPc(options)).Diagnostic.Id);
    }

    private static void SetAttribute(TestPc pc, int register, byte value)
    {
        int offset = AttributeRegisters + register;
        pc.PortSpace.Write(0xCF8, AccessWidth.Dword, 0x8000_0000 | (uint)(offset & ~3), 0);
        pc.PortSpace.Write((ushort)(0xCFC + (offset & 3)), AccessWidth.Byte, value, 0);
    }

    private static uint Configuration(TestPc pc, uint offset)
    {
        pc.PortSpace.Write(0xCF8, AccessWidth.Dword, 0x8000_0000 | offset, 0);
        return pc.PortSpace.Read(0xCFC, AccessWidth.Dword, 0);
    }

    private static byte[] Item(TestPc pc, ushort key, int length)
    {
        pc.PortSpace.Write(0x510, AccessWidth.Word, key, 0);
        return [.. Enumerable.Range(0, length).Select(_ => pc.In(0x511))];
    }

    private static byte[] ReadFile(TestPc pc, string name)
    {
        int count = (int)BinaryPrimitives.ReadUInt32BigEndian(Item(pc, 0x19, 4));
        byte[] directory = Item(pc, 0x19, 4 + (64 * count));
        for (int at = 4; at < directory.Length; at += 64)
        {
            if (Encoding.ASCII.GetString(directory, at + 8, 56).TrimEnd('\0') == name)
                return Item(pc, BinaryPrimitives.ReadUInt16BigEndian(directory.AsSpan(at + 4)), (int)BinaryPrimitives.ReadUInt32BigEndian(directory.AsSpan(at)));
        }

        throw new KeyNotFoundException(name);
    }
}
