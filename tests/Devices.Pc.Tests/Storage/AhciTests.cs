using System.Buffers.Binary;
using Dominion.Buses;
using Dominion.Devices.Pc.Storage;
using Dominion.Devices.Pc.Tests.Pci;
using Dominion.Devices.Pc.Tests.Virtio;
using Dominion.Services;
using FsCheck;
using FsCheck.Fluent;

namespace Dominion.Devices.Pc.Tests.Storage;

/// <summary>The AHCI controller by the structures of AHCI 1.3.1, 4.</summary>
public class AhciTests
{
    private const int List = 0x1000;
    private const int Received = 0x2000;
    private const int Table = 0x3000;
    private const int Buffer = 0x2_0000;
    private readonly TestBoard _board = new();
    private readonly TestDisk _disk = new(1 << 20);
    private readonly TestDisk _disc = new(64 * 2048);
    private readonly AhciController _ahci;
    private readonly ulong _base;

    public AhciTests()
    {
        for (int i = 0; i < _disk.Bytes.Length; i++)
            _disk.Bytes[i] = (byte)((i >> 9) + i);
        _ahci = Make(_board, _disk, _disc);
        _base = Start(_board);
    }

    [Fact]
    public void Ports_show_what_is_attached()
    {
        Assert.Equal(3u, Get(0x0C));
        Assert.Equal((0x123u, 0x101u, 0x50u), (Get(0x128), Get(0x124), Get(0x120) & 0xFF));
        Assert.Equal(0xEB14_0101u, Get(0x1A4));
    }

    [Fact]
    public void Dma_reads_and_writes_with_a_register_fis_at_the_end()
    {
        Issue(0, 0x25, 16, 8, false, (Buffer, 512), (Buffer + 0x1000, 3584));
        Assert.Equal(0u, Get(0x138));
        Assert.Equal(1u, Get(0x110) & 1);
        Assert.Equal(0x34, _board.Space.Ram[Received + 0x40]);
        Assert.Equal(4096u, BinaryPrimitives.ReadUInt32LittleEndian(_board.Space.Ram.AsSpan(List + 4)));
        Assert.Equal(_disk.Bytes[(17 * 512)..(24 * 512)], _board.Space.Ram[(Buffer + 0x1000)..(Buffer + 0x1000 + 3584)]);
        Issue(0, 0x35, 40, 7, true, (Buffer + 0x1000, 3584));
        Assert.Equal(_disk.Bytes[(17 * 512)..(24 * 512)], _disk.Bytes[(40 * 512)..(47 * 512)]);
    }

    [Fact]
    public void Interrupts_go_by_port_and_controller()
    {
        int line = 16 + 1;
        Set(0x114, 1);
        Set(0x04, 2);
        Issue(0, 0xEA, 0, 0, false);
        Assert.True(_board.Lines[line]);
        Assert.Equal(1u, Get(0x08));
        Set(0x08, 1);
        Assert.True(_board.Lines[line]);
        Set(0x110, uint.MaxValue);
        Set(0x08, 1);
        Assert.False(_board.Lines[line]);
    }

    [Fact]
    public void Identify_ends_with_its_pio_setup()
    {
        Issue(0, 0xEC, 0, 0, false, (Buffer, 512));
        Assert.Equal(2u, Get(0x110) & 3);
        Assert.Equal((0x5F, 0x50), (_board.Space.Ram[Received + 0x20], _board.Space.Ram[Received + 0x2F]));
        Assert.Equal(31, _board.Space.Ram[Buffer + 150]);
    }

    [Fact]
    public void Queued_commands_complete_by_set_device_bits_and_failed_ones_stand_in_the_log()
    {
        Set(0x134, 1 << 5);
        Issue(5, 0x60, 8, 5 << 3, false, 2, (Buffer, 1024));
        Assert.Equal((0u, 0u), (Get(0x134), Get(0x138)));
        Assert.Equal(8u, Get(0x110) & 8);
        Assert.Equal(_disk.Bytes[(8 * 512)..(10 * 512)], _board.Space.Ram[Buffer..(Buffer + 1024)]);

        Set(0x134, 1 << 3);
        Issue(3, 0x60, 5000, 3 << 3, false, 1, (Buffer, 512));
        Assert.Equal(1u << 30, Get(0x110) & (1u << 30));
        Assert.Equal(1u << 3, Get(0x134));
        Set(0x118, 0x16);
        Set(0x118, 0x17);
        Issue(0, 0x2F, 0x10, 1, false, (Buffer, 512));
        Assert.Equal((3, 0x10), (_board.Space.Ram[Buffer], _board.Space.Ram[Buffer + 3]));
        Assert.Equal(0, _board.Space.Ram[Buffer..(Buffer + 512)].Sum(b => b) & 0xFF);
    }

    [Fact]
    public void A_failed_command_halts_the_port_until_it_is_started_again()
    {
        Issue(0, 0x25, 5000, 1, false, (Buffer, 512));
        Assert.Equal(0x1051u, Get(0x120));
        Issue(1, 0x25, 0, 1, false, (Buffer, 512));
        Assert.Equal(3u, Get(0x138));
        Set(0x118, 0x16);
        Assert.Equal(0u, Get(0x138));
        Set(0x118, 0x17);
        Issue(1, 0x25, 0, 1, false, (Buffer, 512));
        Assert.Equal(0u, Get(0x138));
    }

    /// <summary>A driver that saw the packet's PIO setup as an end would take its status, which knows nothing of the failure yet.</summary>
    [Fact]
    public void A_packet_interrupts_at_its_end_only()
    {
        const int Port = 0x80;
        byte[] ram = _board.Space.Ram;
        BinaryPrimitives.WriteUInt32LittleEndian(ram.AsSpan(List), 5 | 0x20);
        BinaryPrimitives.WriteUInt64LittleEndian(ram.AsSpan(List + 8), Table);
        ((byte[])[0x27, 0x80, 0xA0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).CopyTo(ram, Table);
        ram.AsSpan(Table + 0x40, 16).Clear();
        ram[Table + 0x40] = 0xFF;
        Set(0x110 + Port, uint.MaxValue);
        Set(0x138 + Port, 1);
        Assert.Equal((0x4000_0001u, 0), (Get(0x110 + Port) & 0x4000_0003, ram[Received + 0x21] & 0x40));
        Assert.Equal(1, ram[Received + 0x42] & 1);
    }

    [Fact]
    public void A_short_table_overflows_and_no_memory_is_fatal()
    {
        Issue(0, 0x25, 0, 8, false, (Buffer, 512));
        Assert.Equal(1u << 24, Get(0x110) & (1u << 24));
        Set(0x118, 0x16);
        Set(0x118, 0x17);
        Issue(0, 0x25, 0, 1, false, (0x4000_0000, 512));
        Assert.Equal(1u << 29, Get(0x110) & (1u << 29));
    }

    [Fact]
    public void State_survives()
    {
        Issue(0, 0x25, 16, 8, false, (Buffer, 4096));
        byte[] state = TestDomain.Save(_ahci);
        TestBoard board = new();
        AhciController other = Make(board, _disk, _disc);
        TestDomain.Restore(other, state);
        Assert.Equal(state, TestDomain.Save(other));
    }

    [Fact]
    public void No_command_list_harms_the_host()
    {
        Gen<byte[]> bytes = Gen.Frequency((3, Gen.Constant((byte)0)), (2, Gen.Elements<byte>(0x27, 0x80, 0x25, 0x35, 0x60, 0x61, 0xA0, 0xEC, 0x2F, 0x28, 0x5A, 0x10, 0x20)), (1, Gen.Choose(0, 255).Select(i => (byte)i))).ArrayOf(0x200);
        Prop.ForAll(bytes.ToArbitrary(), structures =>
        {
            TestBoard board = new();
            using AhciController ahci = Make(board, new TestDisk(1 << 16), new TestDisk(1 << 16));
            ulong registers = Start(board);
            for (int port = 0; port < 2; port++)
            {
                for (int slot = 0; slot < 8; slot++)
                {
                    structures.AsSpan(slot * 4, 4).CopyTo(board.Space.Ram.AsSpan(List + (32 * slot)));
                    BinaryPrimitives.WriteUInt64LittleEndian(board.Space.Ram.AsSpan(List + (32 * slot) + 8), Table);
                }

                structures.CopyTo(board.Space.Ram, Table);
                board.Space.Ram[Table] = 0x27;
                board.Space.Ram[Table + 1] |= 0x80;
                board.Space.Write(registers + 0x138 + (0x80 * (ulong)port), AccessWidth.Dword, 0xFF, 0);
            }

            TestDomain.Restore(ahci, TestDomain.Save(ahci));
            board.Space.Write(registers + 4, AccessWidth.Dword, 1, 0);
            return (board.Space.Read(registers + 0x120, AccessWidth.Dword, 0) & 0xFF) == 0x50;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    private static AhciController Make(TestBoard board, TestDisk disk, TestDisk disc) => new(board, new AhciOptions
    {
        Ports = [new DriveOptions { Disk = board.AddService<IBlockStore>(disk) }, new DriveOptions { Cd = board.AddService<IBlockStore>(disc) }],
    });

    private static ulong Start(TestBoard board)
    {
        board.SetConfiguration(1, 4, 6, AccessWidth.Word);
        ulong registers = board.Configuration(1, 0x24);
        for (ulong port = registers + 0x100; port < registers + 0x200; port += 0x80)
        {
            board.Space.Write(port, AccessWidth.Dword, List, 0);
            board.Space.Write(port + 8, AccessWidth.Dword, Received, 0);
            board.Space.Write(port + 0x18, AccessWidth.Dword, 0x17, 0);
        }

        return registers;
    }

    private uint Get(uint offset) => (uint)_board.Space.Read(_base + offset, AccessWidth.Dword, 0);

    private void Set(uint offset, uint value) => _board.Space.Write(_base + offset, AccessWidth.Dword, value, 0);

    private void Issue(int slot, byte command, uint sector, int count, bool isWrite, params (uint Address, int Length)[] descriptors) =>
        Issue(slot, command, sector, count, isWrite, 0, descriptors);

    private void Issue(int slot, byte command, uint sector, int count, bool isWrite, ushort features, params (uint Address, int Length)[] descriptors)
    {
        byte[] ram = _board.Space.Ram;
        BinaryPrimitives.WriteUInt32LittleEndian(ram.AsSpan(List + (32 * slot)), (uint)(5 | (isWrite ? 0x40 : 0) | (descriptors.Length << 16)));
        BinaryPrimitives.WriteUInt64LittleEndian(ram.AsSpan(List + (32 * slot) + 8), Table);
        byte[] fis = [0x27, 0x80, command, (byte)features, (byte)sector, (byte)(sector >> 8), (byte)(sector >> 16), 0x40, (byte)(sector >> 24), 0, 0, (byte)(features >> 8), (byte)count, (byte)(count >> 8), 0, 0];
        fis.CopyTo(ram, Table);
        for (int i = 0; i < descriptors.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(ram.AsSpan(Table + 0x80 + (16 * i)), descriptors[i].Address);
            BinaryPrimitives.WriteUInt32LittleEndian(ram.AsSpan(Table + 0x8C + (16 * i)), (uint)descriptors[i].Length - 1);
        }

        Set(0x110, uint.MaxValue);
        Set(0x138, 1u << slot);
    }
}
