using System.Buffers.Binary;
using System.Text;
using Dominion.Buses;
using Dominion.Devices.Pc.Storage;
using Dominion.Devices.Pc.Tests.Pci;
using Dominion.Devices.Pc.Tests.Virtio;
using FsCheck;
using FsCheck.Fluent;

namespace Dominion.Devices.Pc.Tests.Storage;

/// <summary>The IDE controller as a driver sees it: ATA8-ACS, MMC-6, and the bus master's data sheet.</summary>
public class IdeTests
{
    private const int Data = 0x1F0;
    private const ulong Table = 0x1000;
    private const ulong Buffer = 0x2_0000;
    private readonly TestBoard _board = new();
    private readonly TestDisk _disk = new(1 << 20);
    private readonly TestDisk _disc = new(64 * 2048);
    private readonly IdeController _ide;

    public IdeTests()
    {
        for (int i = 0; i < _disk.Bytes.Length; i++)
            _disk.Bytes[i] = (byte)((i >> 9) + i);
        for (int i = 0; i < _disc.Bytes.Length; i++)
            _disc.Bytes[i] = (byte)(i >> 11);
        _ide = Make(_board, _disk, _disc);
    }

    [Fact]
    public void Drives_show_their_signatures_after_a_reset()
    {
        Out(0x3F6, 4);
        Assert.Equal(0x80, In(0x3F6) & 0x80);
        Out(0x3F6, 0);
        Assert.Equal([1, 1, 0, 0, 0x50], new[] { 0x1F2, 0x1F3, 0x1F4, 0x1F5, 0x1F7 }.Select(In));
        Assert.Equal([1, 1, 0x14, 0xEB], new[] { 0x172, 0x173, 0x174, 0x175 }.Select(In));
        Out(0x1F6, 0x10);
        Assert.Equal(0, In(0x1F7));
    }

    [Fact]
    public void Identify_describes_the_disk()
    {
        Out(0x1F7, 0xEC);
        Assert.True(_board.Lines[14]);
        Assert.Equal(0x58, In(0x1F7));
        Assert.False(_board.Lines[14]);
        byte[] data = ReadData(512);
        Assert.Equal(2048u, BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan(120)));
        Assert.Equal(2048ul, BinaryPrimitives.ReadUInt64LittleEndian(data.AsSpan(200)));
        Assert.Equal("oDimin", Encoding.ASCII.GetString(data, 54, 6));
        Assert.Equal(0x50, In(0x1F7));
    }

    [Theory]
    [InlineData(0x20, 1)]
    [InlineData(0x24, 1)]
    [InlineData(0xC4, 4)]
    public void Pio_reads_ask_for_each_block_with_an_interrupt(int command, int sectorsInBlock)
    {
        Command(0xC6, 0, 4);
        Command(command, 100, 8);
        for (int sector = 100; sector < 108; sector += sectorsInBlock)
        {
            Assert.True(_board.Lines[14]);
            Assert.Equal(0x58, In(0x1F7));
            Assert.Equal(_disk.Bytes[(sector * 512)..((sector + sectorsInBlock) * 512)], ReadData(512 * sectorsInBlock));
        }

        Assert.False(_board.Lines[14]);
        Assert.Equal(0x50, In(0x1F7));
    }

    [Fact]
    public void Pio_writes_reach_the_disk()
    {
        Command(0x30, 7, 2);
        Assert.False(_board.Lines[14]);
        for (int sector = 0; sector < 2; sector++)
        {
            Assert.Equal(0x58, In(0x1F7));
            for (int i = 0; i < 128; i++)
                _board.Ports.Write(Data, AccessWidth.Dword, 0xA5A5_0000u + (uint)i, 0);
            Assert.True(_board.Lines[14]);
        }

        Assert.Equal(0x50, In(0x1F7));
        Assert.Equal(0xA5A5_007Fu, BinaryPrimitives.ReadUInt32LittleEndian(_disk.Bytes.AsSpan((9 * 512) - 4)));
    }

    [Theory]
    [InlineData(0x20, 2047, 2, 0x10)]
    [InlineData(0x25, 2048, 1, 0x10)]
    [InlineData(0xC4, 0, 1, 0x04)]
    [InlineData(0x60, 0, 1, 0x04)]
    [InlineData(0x00, 0, 1, 0x04)]
    public void What_cannot_be_done_fails_with_its_error(int command, uint sector, int count, int error)
    {
        Command(command, sector, count);
        Assert.True(_board.Lines[14]);
        Assert.Equal(0x51, In(0x1F7));
        Assert.Equal(error, In(0x1F1));
    }

    [Fact]
    public void Dma_moves_by_the_descriptor_table()
    {
        int ports = StartBusMaster(0x1F0, (Buffer, 512, false), (Buffer + 0x1000, 3584, true));
        Command(0xC8, 16, 8);
        Out(ports, 9);
        Assert.True(_board.Lines[14]);
        Assert.Equal(4, In(ports + 2) & 7);
        Assert.Equal(_disk.Bytes[(16 * 512)..(17 * 512)], _board.Space.Ram[(int)Buffer..((int)Buffer + 512)]);
        Assert.Equal(_disk.Bytes[(17 * 512)..(24 * 512)], _board.Space.Ram[((int)Buffer + 0x1000)..((int)Buffer + 0x1000 + 3584)]);
        Assert.Equal(0x50, In(0x1F7));

        Out(ports, 0);
        Out(ports + 2, 4);
        Command(0xCA, 40, 8);
        Out(ports, 1);
        Assert.Equal(_disk.Bytes[(16 * 512)..(24 * 512)], _disk.Bytes[(40 * 512)..(48 * 512)]);
    }

    [Fact]
    public void A_table_that_is_too_short_stops_without_an_interrupt()
    {
        int ports = StartBusMaster(0x1F0, (Buffer, 512, true));
        Command(0xC8, 0, 8);
        Out(ports, 9);
        Assert.Equal(0, In(ports + 2) & 7);
        Assert.False(_board.Lines[14]);
    }

    [Fact]
    public void A_cd_reports_its_reset_then_reads_by_packet()
    {
        Packet(0x00);
        Assert.Equal(0x51, In(0x177));
        Assert.Equal(0x60, In(0x171));
        Packet(0x03, 4, 18);
        byte[] sense = ReadData(18, 0x170);
        Assert.Equal((6, 0x29), (sense[2], sense[12]));
        Packet(0x25);
        Assert.Equal([0, 0, 0, 63, 0, 0, 8, 0], ReadData(8, 0x170));
        Packet(0x28, 5, 10, 8, 2);
        Assert.Equal(2, In(0x172));
        Assert.Equal(2048, In(0x174) | (In(0x175) << 8));
        Assert.Equal(_disc.Bytes[(10 * 2048)..(12 * 2048)], ReadData(4096, 0x170));
        Assert.Equal(3, In(0x172));
        Assert.Equal(0x50, In(0x177));
        Assert.Equal(0x21, SenseAfter(0x28, 5, 63, 8, 2));
        Assert.Equal(0x20, SenseAfter(0x2A));
    }

    [Fact]
    public void A_locked_tray_does_not_open_and_an_open_one_has_no_disc()
    {
        Packet(0x00);
        Packet(0x1E, 4, 1);
        Assert.Equal(0x53, SenseAfter(0x1B, 4, 2));
        Packet(0x1E, 4, 0);
        Packet(0x1B, 4, 2);
        Assert.Equal(0x3A, SenseAfter(0x00));
        Packet(0x1B, 4, 3);
        Assert.Equal(0x28, SenseAfter(0x00));
        Packet(0x00);
        Assert.Equal(0x50, In(0x177));
    }

    [Fact]
    public void A_transfer_goes_on_after_restore()
    {
        Command(0x20, 100, 2);
        byte[] first = ReadData(300);
        byte[] state = TestDomain.Save(_ide);
        TestBoard board = new();
        IdeController other = Make(board, _disk, _disc);
        TestDomain.Restore(other, state);
        byte[] rest = new byte[724];
        for (int i = 0; i < rest.Length; i += 2)
            BinaryPrimitives.WriteUInt16LittleEndian(rest.AsSpan(i), (ushort)board.Ports.Read(Data, AccessWidth.Word, 0));
        Assert.Equal(_disk.Bytes[(100 * 512)..(102 * 512)], first.Concat(rest));
        Assert.Equal(state, TestDomain.Save(_ide));
    }

    [Fact]
    public void A_request_allocates_nothing()
    {
        AtaDisk disk = new(_disk, new DriveName("disk", "1"), isReadOnly: false, isSerial: false);
        IdeChannel channel = new(disk, null, new TestLine());
        channel.BusMaster.Attach(_board.Space);
        Pc.Registers.RegisterMap map = new(1, 8);
        channel.BusMaster.Describe(map, 0);
        StartBusMaster(0x1F0, (Buffer, 4096, true));
        map.Write(new BusAccess(4, AccessWidth.Dword, 0), Table);
        _board.Space.DeviceWrites.EnsureCapacity(10_000);
        long before = 0;
        int good = 0;
        for (int i = 0; i < 200; i++)
        {
            if (i == 100)
                before = GC.GetAllocatedBytesForCurrentThread();
            channel.Write(new BusAccess(6, AccessWidth.Byte, 0), 0xE0);
            channel.Write(new BusAccess(2, AccessWidth.Byte, 0), 8);
            channel.Write(new BusAccess(7, AccessWidth.Byte, 0), 0xC8);
            map.Write(new BusAccess(0, AccessWidth.Byte, 0), 9);
            good += channel.Read(new BusAccess(7, AccessWidth.Byte, 0)) == 0x50 ? 1 : 0;
            map.Write(new BusAccess(0, AccessWidth.Byte, 0), 0);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(200, good);
        Assert.Equal(200, _board.Space.DeviceWrites.Count);
    }

    [Fact]
    public void No_sequence_of_accesses_harms_the_host()
    {
        Gen<(int Port, int Value, int Width)> access =
            from port in Gen.Frequency((6, Gen.Choose(0x170, 0x177)), (6, Gen.Choose(0x1F0, 0x1F7)), (1, Gen.Elements(0x3F6, 0x376)), (4, Gen.Choose(0xC000, 0xC00F)))
            from value in Gen.Frequency((3, Gen.Choose(0, 255)), (2, Gen.Elements(0xA0, 0xC8, 0x25, 0x28, 0xEC, 0xA1, 0x30, 0xC6, 0x08)))
            from width in Gen.Elements(1, 1, 1, 2, 4, -1)
            select (port, value, width);
        Prop.ForAll(access.ArrayOf(200).ToArbitrary(), accesses =>
        {
            TestBoard board = new();
            using IdeController ide = Make(board, new TestDisk(1 << 16), new TestDisk(1 << 16));
            board.SetConfiguration(1, 4, 5, AccessWidth.Word);
            foreach ((int port, int value, int width) in accesses)
            {
                if (width < 0)
                    board.Ports.Read((ushort)port, AccessWidth.Word, 0);
                else
                    board.Ports.Write((ushort)port, (AccessWidth)width, (uint)value * 0x0101_0101u, 0);
            }

            byte[] state = TestDomain.Save(ide);
            TestDomain.Restore(ide, state);
            ide.Reset();
            return board.Ports.Read(0x1F7, AccessWidth.Byte, 0) == 0x50;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    private static IdeController Make(TestBoard board, TestDisk disk, TestDisk disc) => new(board, new IdeOptions
    {
        PrimaryMaster = new DriveOptions { Disk = board.AddService<Services.IBlockStore>(disk) },
        SecondaryMaster = new DriveOptions { Cd = board.AddService<Services.IBlockStore>(disc) },
    });

    private int In(int port) => (int)_board.Ports.Read((ushort)port, AccessWidth.Byte, 0);

    private void Out(int port, int value) => _board.Ports.Write((ushort)port, AccessWidth.Byte, (uint)value, 0);

    private byte[] ReadData(int length, int port = Data)
    {
        byte[] data = new byte[length];
        for (int i = 0; i < length; i += 2)
            BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(i), (ushort)_board.Ports.Read((ushort)port, AccessWidth.Word, 0));
        return data;
    }

    private void Command(int command, uint sector, int count)
    {
        bool isLong = command is 0x24 or 0x25;
        Out(0x1F6, 0xE0 | (isLong ? 0 : (int)(sector >> 24)));
        if (isLong)
        {
            foreach ((int port, int value) in new[] { (0x1F2, count >> 8), (0x1F3, (int)(sector >> 24)), (0x1F4, 0), (0x1F5, 0) })
                Out(port, value);
        }

        foreach ((int port, uint value) in new[] { (0x1F2, (uint)count), (0x1F3, sector), (0x1F4, sector >> 8), (0x1F5, sector >> 16) })
            Out(port, (byte)value);
        Out(0x1F7, command);
    }

    // A packet with bytes set: place, value and so on.
    private void Packet(byte operation, params int[] fields)
    {
        byte[] packet = new byte[12];
        packet[0] = operation;
        for (int i = 0; i < fields.Length; i += 2)
            packet[fields[i]] = (byte)fields[i + 1];
        Out(0x171, 0);
        Out(0x174, 0x00);
        Out(0x175, 0x08);
        Out(0x177, 0xA0);
        Assert.Equal(1, In(0x172));
        for (int i = 0; i < 12; i += 2)
            _board.Ports.Write(0x170, AccessWidth.Word, BinaryPrimitives.ReadUInt16LittleEndian(packet.AsSpan(i)), 0);
        Assert.True(_board.Lines[15]);
    }

    private int SenseAfter(byte operation, params int[] fields)
    {
        Packet(operation, fields);
        Assert.Equal(0x51, In(0x177));
        Packet(0x03, 4, 18);
        return ReadData(18, 0x170)[12];
    }

    private int StartBusMaster(int channel, params (ulong Address, int Length, bool IsLast)[] descriptors)
    {
        _board.SetConfiguration(1, 4, 5, AccessWidth.Word);
        int ports = (int)(_board.Configuration(1, 0x20) & 0xFFFC) + (channel == 0x1F0 ? 0 : 8);
        for (int i = 0; i < descriptors.Length; i++)
        {
            Span<byte> descriptor = _board.Space.Ram.AsSpan((int)Table + (8 * i));
            BinaryPrimitives.WriteUInt32LittleEndian(descriptor, (uint)descriptors[i].Address);
            BinaryPrimitives.WriteUInt32LittleEndian(descriptor[4..], (uint)descriptors[i].Length | (descriptors[i].IsLast ? 0x8000_0000u : 0));
        }

        _board.Ports.Write((ushort)(ports + 4), AccessWidth.Dword, (uint)Table, 0);
        return ports;
    }
}
