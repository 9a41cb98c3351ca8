using System.Text;
using Dominion.Buses;
using Dominion.Cpu.X86;
using Dominion.Devices.Pc.Firmware;
using Dominion.Devices.Pc.Tests.Mainboard;
using Dominion.Plugins;

namespace Dominion.Devices.Pc.Tests.Firmware;

/// <summary>How firmware boots the domain's kernel: an expansion ROM with a boot entry vector (Plug and Play BIOS 1.0A, 3.2) and the ports that it uses.</summary>
public sealed class FirmwareHandoverTests : IDisposable
{
    private const ushort Map = 0x520;
    private const ushort Load = 0x524;
    private const ushort Entry = 0x528;
    private readonly string _file = Path.GetTempFileName();
    private readonly TestPc _pc;
    private readonly List<(IReadOnlyList<MemoryMapEntry> Map, ulong Root)> _calls = [];

    public FirmwareHandoverTests()
    {
        File.WriteAllBytes(_file, new byte[256 << 10]);
        _pc = new TestPc(new Pc.Mainboard.PcBoardOptions { Firmware = new FilePath(_file) });
        IFirmwareHandover handover = (IFirmwareHandover)_pc.Board;
        Assert.True(handover.HasFirmware);
        handover.Loader = (map, root) =>
        {
            _calls.Add((map, root));
            return new X86KernelEntry(0x10_0000, 1, 2, 3, 0x9000);
        };
    }

    public void Dispose()
    {
        _pc.Dispose();
        File.Delete(_file);
    }

    [Fact]
    public void The_rom_has_a_checked_header_with_a_boot_entry_vector()
    {
        byte[] rom = HandoverRom.Build();
        Assert.Equal([0x55, 0xAA, 1], rom[..3]);
        Assert.Equal(0, rom.Sum(part => part) & 0xFF);
        int header = rom[0x1A];
        Assert.Equal("$PnP", Encoding.ASCII.GetString(rom, header, 4));
        Assert.Equal(0, rom.AsSpan(header, rom[header + 5] * 16).ToArray().Sum(part => part) & 0xFF);
        Assert.NotEqual(0, rom[header + 0x1A]);
    }

    [Fact]
    public void The_loader_gets_the_firmwares_map_in_order_and_its_root_pointer()
    {
        Feed(0x10_0000, 0x70_0000, 1);
        Feed(0x1_0000_0000, 0x1000, 2);
        Feed(0, 0x9_FC00, 1);
        SetShadow();
        Assert.True(_pc.Frames.TryWrite(0xF_1230, "RSD PTR "u8.ToArray()));
        _pc.Out(Load, 1);
        (IReadOnlyList<MemoryMapEntry> map, ulong root) = Assert.Single(_calls);
        Assert.Equal(
            [new(0, 0x9_FC00, MemoryMapType.Usable), new(0x10_0000, 0x70_0000, MemoryMapType.Usable), new(0x1_0000_0000, 0x1000, MemoryMapType.Reserved)],
            map);
        Assert.Equal(0xF_1230UL, root);
        Assert.Equal([0x10_0000u, 1, 2, 3, 0x9000], Enumerable.Range(0, 5).Select(i => _pc.PortSpace.Read((ushort)(Entry + (4 * i)), AccessWidth.Dword, 0)));
    }

    [Fact]
    public void Each_boot_starts_with_an_empty_map_and_a_reset_forgets_the_way_in()
    {
        Feed(0, 0x1000, 1);
        _pc.Out(Load, 1);
        _pc.Out(Load, 1);
        Assert.Empty(_calls[1].Map);
        _pc.Board.Reset();
        Assert.Equal(0U, _pc.PortSpace.Read(Entry, AccessWidth.Dword, 0));
    }

    [Fact]
    public void A_board_without_firmware_hands_nothing_over()
    {
        using TestPc pc = new();
        Assert.False(((IFirmwareHandover)pc.Board).HasFirmware);
    }

    private void SetShadow()
    {
        _pc.PortSpace.Write(0xCF8, AccessWidth.Dword, 0x8000_0058, 0);
        _pc.Out(0xCFD, 0x30);
    }

    private void Feed(ulong start, ulong length, uint type)
    {
        foreach (uint part in (uint[])[(uint)start, (uint)(start >> 32), (uint)length, (uint)(length >> 32), type])
            _pc.PortSpace.Write(Map, AccessWidth.Dword, part, 0);
    }
}
