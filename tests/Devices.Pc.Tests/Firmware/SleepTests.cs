using Dominion.Buses;
using Dominion.Devices.Pc.Tests.Mainboard;
using Dominion.Plugins;

namespace Dominion.Devices.Pc.Tests.Firmware;

/// <summary>INIT# and S3 of a board with firmware (Intel ICH9 data sheet 316972, 13.7; ACPI 6.5, 4.8.3.1, 7.4.2.4 and 16.1).</summary>
public sealed class SleepTests : IDisposable
{
    private const int Status = 0x600;
    private const int Enable = 0x602;
    private const int Control = 0x604;
    private const uint Suspend = 0x2400;
    private const uint ClockEvent = 0x400;
    private const uint Woken = 0x8000;
    private readonly string _file = Path.GetTempFileName();
    private readonly TestPc _pc;

    public SleepTests()
    {
        File.WriteAllBytes(_file, new byte[256 << 10]);
        _pc = new TestPc(Options);
    }

    private Pc.Mainboard.PcBoardOptions Options => new() { Firmware = new FilePath(_file) };

    public void Dispose()
    {
        _pc.Dispose();
        File.Delete(_file);
    }

    [Theory]
    [InlineData(0x92, 1)]
    [InlineData(0x64, 0xFE)]
    [InlineData(0xCF9, 4)]
    public void A_soft_reset_is_INIT_of_every_processor_and_leaves_the_devices(int port, int value)
    {
        _pc.Out(0x4D0, 0x08);
        _pc.Out(port, value);
        Assert.All(_pc.Cores, core => Assert.Equal(1, core.Inits));
        Assert.Empty(_pc.Controlled);
        Assert.Equal(0x08, _pc.In(0x4D0));
    }

    [Fact]
    public void A_system_reset_is_the_domains()
    {
        _pc.Out(0xCF9, 6);
        Assert.Single(_pc.Controlled);
        Assert.All(_pc.Cores, core => Assert.Equal(0, core.Inits));
    }

    [Fact]
    public void S3_holds_the_processors_until_the_clocks_alarm()
    {
        Write(Enable, ClockEvent);
        WriteCmos(0x0B, 0x22);
        foreach (int alarm in (int[])[1, 3, 5])
            WriteCmos(alarm, 0xC0);
        Write(Control, Suspend);
        Assert.All(_pc.Cores, core => Assert.True(core.IsReset));
        Assert.Equal(0xFE, ReadCmos(0x0F));
        _pc.Time.Advance(1_100_000_000);
        _pc.RunPosted();
        Assert.All(_pc.Cores, core => Assert.False(core.IsReset));
        Assert.Equal(Woken | ClockEvent, Read(Status) & (Woken | ClockEvent));
    }

    [Fact]
    public void The_power_button_wakes_even_without_its_enable_bit()
    {
        Write(Control, Suspend);
        ((IPowerButton)_pc.Board).PressPowerButton();
        _pc.RunPosted();
        Assert.All(_pc.Cores, core => Assert.False(core.IsReset));
    }

    [Fact]
    public void Devices_lose_their_state_in_S3_and_the_shadow_of_the_firmware_does_not()
    {
        SetAttribute(0x30);
        Assert.True(_pc.Frames.TryWrite(0xF_0000, [0x77]));
        _pc.Out(0x4D0, 0x08);
        Write(Control, Suspend);
        ((IPowerButton)_pc.Board).PressPowerButton();
        _pc.RunPosted();
        Assert.Equal(0, _pc.In(0x4D0));
        Assert.Equal([0x77], _pc.Frames.Bytes(0xF_0000, 1));
        Assert.True(_pc.Frames.TryWrite(0xF_0000, [0x78]));
    }

    [Fact]
    public void A_sleeping_board_is_restored_asleep()
    {
        Write(Control, Suspend);
        byte[] state = TestDomain.Save(_pc.Board);
        using TestPc other = new(Options);
        TestDomain.Restore(other.Board, state);
        other.Cores.ForEach(core => core.SetReset(true));
        ((IPowerButton)other.Board).PressPowerButton();
        other.RunPosted();
        Assert.All(other.Cores, core => Assert.False(core.IsReset));
    }

    [Fact]
    public void Without_firmware_there_is_no_S3()
    {
        using TestPc pc = new();
        pc.PortSpace.Write(Control, AccessWidth.Word, Suspend, 0);
        Assert.All(pc.Cores, core => Assert.False(core.IsReset));
        Assert.True(AcpiReader.TablesOf(pc)["DSDT"].AsSpan().IndexOf("_S3_"u8) < 0);
        Assert.True(AcpiReader.TablesOf(_pc)["DSDT"].AsSpan().IndexOf("_S3_"u8) >= 0);
    }

    private void SetAttribute(byte value)
    {
        _pc.PortSpace.Write(0xCF8, AccessWidth.Dword, 0x8000_0058, 0);
        _pc.Out(0xCFD, value);
    }

    private void WriteCmos(int index, int value)
    {
        _pc.Out(0x70, index);
        _pc.Out(0x71, value);
    }

    private int ReadCmos(int index)
    {
        _pc.Out(0x70, index);
        return _pc.In(0x71);
    }

    private void Write(int port, uint value) => _pc.PortSpace.Write((ushort)port, AccessWidth.Word, value, 0);

    private uint Read(int port) => _pc.PortSpace.Read((ushort)port, AccessWidth.Word, 0);
}
