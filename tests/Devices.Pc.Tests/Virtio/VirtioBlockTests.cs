using System.Buffers.Binary;
using System.Text;
using Dominion.Buses;
using Dominion.Devices.Pc.Tests.Pci;
using Dominion.Devices.Pc.Virtio;
using Dominion.Diagnostics;
using Dominion.Services;

namespace Dominion.Devices.Pc.Tests.Virtio;

public class VirtioBlockTests
{
    private const ulong Features = VirtioDriver.Version1;

    private readonly TestBoard _board = new();

    [Fact]
    public void Its_configuration_tells_capacity_and_sector_size()
    {
        VirtioDriver driver = Make(new TestDisk(1 << 16, sectorSize: 4096));
        Assert.Equal(128UL, _board.Space.Read(driver.Configuration, AccessWidth.Qword, 0));
        Assert.Equal(4096UL, _board.Space.Read(driver.Configuration + 20, AccessWidth.Dword, 0));
        Assert.Equal(0UL, _board.Space.Read(driver.Configuration + 0x800, AccessWidth.Qword, 0));
        Assert.Equal(0x1042_1AF4u, _board.Configuration(1, 0));
    }

    [Fact]
    public void What_is_written_is_read_back_and_is_on_the_disk()
    {
        TestDisk disk = new(1 << 20);
        VirtioDriver driver = Make(disk);
        byte[] data = new byte[300 * 512];
        new Random(1).NextBytes(data);
        Assert.Equal((1u, (byte)0), Write(driver, type: 1, sector: 7, data));
        Assert.Equal(data, disk.Bytes.AsSpan(7 * 512, data.Length).ToArray());
        (uint written, byte status, byte[] read) = Read(driver, type: 0, sector: 7, data.Length);
        Assert.Equal(((uint)data.Length + 1, (byte)0), (written, status));
        Assert.Equal(data, read);
    }

    [Fact]
    public void Header_data_and_status_may_be_cut_anywhere()
    {
        TestDisk disk = new(4096);
        disk.Bytes.AsSpan(512, 512).Fill(0x5A);
        VirtioDriver driver = Make(disk);
        ulong header = driver.Place(Header(0, 1));
        ulong buffer = driver.Allocate(1024);
        driver.Offer(0, 0, (header, 3, false), (header + 3, 13, false), (buffer, 100, true), (buffer + 100, 413, true));
        driver.Notify(0);
        Assert.Equal((0u, 513u), driver.TakeUsed(0));
        Assert.Equal(512, driver.Memory(buffer, 512).Count((byte)0x5A));
        Assert.Equal(0, driver.Memory(buffer + 512, 1)[0]);
    }

    [Theory]
    [InlineData(2048UL, 512)]
    [InlineData(2047UL, 1024)]
    [InlineData(ulong.MaxValue, 512)]
    [InlineData(1UL << 55, 512)]
    [InlineData(0UL, 100)]
    public void A_range_that_is_not_on_the_disk_is_an_error(ulong sector, int length)
    {
        VirtioDriver driver = Make(new TestDisk(1 << 20));
        Assert.Equal(1, Read(driver, 0, sector, length).Status);
        Assert.Equal(1, Write(driver, 1, sector, new byte[length]).Status);
        Assert.False(driver.NeedsReset);
    }

    [Fact]
    public void A_read_only_disk_says_so_and_refuses()
    {
        VirtioDriver driver = Make(new TestDisk(4096, readOnly: true));
        Assert.Equal(1UL << 5, driver.OfferedFeatures & ((1 << 5) | (1 << 13) | (1 << 14)));
        Assert.Equal(1, Write(driver, 1, 0, new byte[512]).Status);
        Assert.Equal(1, Write(driver, 11, 0, Range(0, 1, 0)).Status);
        Assert.Equal(0, Read(driver, 0, 0, 512).Status);
    }

    [Fact]
    public void Flush_reaches_the_disk_and_its_failure_the_driver()
    {
        TestDisk disk = new(4096);
        VirtioDriver driver = Make(disk);
        Assert.Equal(0, Write(driver, 4, 0, []).Status);
        Assert.Equal(1, disk.Flushes);
        disk.Next = BlockStatus.Failed;
        Assert.Equal(1, Write(driver, 4, 0, []).Status);
        Assert.Equal(1, Read(driver, 0, 0, 512).Status);
    }

    [Theory]
    [InlineData(null, "device0")]
    [InlineData("12345678901234567890", "12345678901234567890")]
    public void The_serial_number_is_the_option_or_the_name(string? serial, string expected)
    {
        VirtioDriver driver = Make(new TestDisk(4096), serial);
        (uint written, byte status, byte[] id) = Read(driver, 8, 0, 20);
        Assert.Equal((21u, (byte)0), (written, status));
        Assert.Equal(expected, Encoding.ASCII.GetString(id).TrimEnd('\0'));
    }

    [Theory]
    [InlineData("123456789012345678901")]
    [InlineData("é")]
    public void A_serial_number_that_does_not_fit_is_refused(string serial)
    {
        DiagnosticException error = Assert.Throws<DiagnosticException>(() => Make(new TestDisk(4096), serial));
        Assert.Equal("DOM3211", error.Diagnostic.Id);
    }

    [Fact]
    public void Discard_reaches_the_disk()
    {
        TestDisk disk = new(1 << 16);
        VirtioDriver driver = Make(disk);
        Assert.Equal(0, Write(driver, 11, 0, [.. Range(8, 4, 0), .. Range(32, 8, 0)]).Status);
        Assert.Equal([(4096UL, 2048UL), (16384UL, 4096UL)], disk.Discards);
        Assert.Equal(1, Write(driver, 11, 0, Range(127, 2, 0)).Status);
        Assert.Equal(2, Write(driver, 11, 0, Range(0, 2, 1)).Status);
        Assert.Equal(1, Write(driver, 11, 0, new byte[15]).Status);
        Assert.Equal(1, Write(driver, 11, 0, new byte[17 * 16]).Status);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    public void Write_zeroes_leaves_zeros_whether_it_may_unmap_or_not(uint flags)
    {
        TestDisk disk = new(1 << 20);
        disk.Bytes.AsSpan().Fill(0xFF);
        VirtioDriver driver = Make(disk);
        Assert.Equal(0, Write(driver, 13, 0, Range(1, 1000, flags)).Status);
        Assert.Equal(-1, disk.Bytes.AsSpan(512, 1000 * 512).IndexOfAnyExcept((byte)0));
        Assert.Equal(0xFF, disk.Bytes[511]);
        Assert.Equal(0xFF, disk.Bytes[1001 * 512]);
        Assert.Equal(2, Write(driver, 13, 0, Range(1, 1, 2)).Status);
    }

    [Fact]
    public void A_request_of_an_unknown_type_is_unsupported() => Assert.Equal(2, Read(Make(new TestDisk(4096)), 99, 0, 512).Status);

    [Theory]
    [InlineData(15, 1)]
    [InlineData(16, 0)]
    public void A_request_without_header_or_status_breaks_the_device(int header, int status)
    {
        VirtioDriver driver = Make(new TestDisk(4096));
        ulong at = driver.Place(Header(0, 0));
        if (status == 0)
            driver.Offer(0, 0, (at, header, false));
        else
            driver.Offer(0, 0, (at, header, false), (driver.Allocate(status), status, true));
        driver.Notify(0);
        Assert.True(driver.NeedsReset);
    }

    private static byte[] Header(uint type, ulong sector)
    {
        byte[] header = new byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(header, type);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(8), sector);
        return header;
    }

    private static byte[] Range(ulong sector, uint count, uint flags)
    {
        byte[] range = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(range, sector);
        BinaryPrimitives.WriteUInt32LittleEndian(range.AsSpan(8), count);
        BinaryPrimitives.WriteUInt32LittleEndian(range.AsSpan(12), flags);
        return range;
    }

    private static (uint Written, byte Status) Write(VirtioDriver driver, uint type, ulong sector, byte[] data)
    {
        ulong status = driver.Place([0xEE]);
        driver.Offer(0, 0, (driver.Place(Header(type, sector)), 16, false), (driver.Place(data), data.Length, false), (status, 1, true));
        driver.Notify(0);
        (uint _, uint written) = Assert.NotNull(driver.TakeUsed(0));
        return (written, driver.Memory(status, 1)[0]);
    }

    private static (uint Written, byte Status, byte[] Data) Read(VirtioDriver driver, uint type, ulong sector, int length)
    {
        ulong status = driver.Place([0xEE]);
        ulong data = driver.Allocate(length);
        driver.Offer(0, 0, (driver.Place(Header(type, sector)), 16, false), (data, length, true), (status, 1, true));
        driver.Notify(0);
        (uint _, uint written) = Assert.NotNull(driver.TakeUsed(0));
        return (written, driver.Memory(status, 1)[0], driver.Memory(data, length).ToArray());
    }

    private VirtioDriver Make(TestDisk disk, string? serial = null)
    {
        IDeviceFactory factory = new VirtioBlockFactory();
        factory.Create(_board, new VirtioBlockOptions { Disk = _board.AddService<IBlockStore>(disk), Serial = serial }).Reset();
        VirtioDriver driver = new(_board);
        driver.Start(Features);
        return driver;
    }
}
