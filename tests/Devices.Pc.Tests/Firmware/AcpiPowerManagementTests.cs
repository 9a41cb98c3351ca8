using Dominion.Buses;
using Dominion.Devices.Pc.Firmware;

namespace Dominion.Devices.Pc.Tests.Firmware;

/// <summary>ACPI 6.5, 4.8 "ACPI Register Model".</summary>
public sealed class AcpiPowerManagementTests
{
    private const int Status = 0x600;
    private const int Enable = 0x602;
    private const int Control = 0x604;
    private const int Timer = 0x608;
    private readonly TestDomain _domain = new();
    private readonly AcpiPowerManagement _pm;

    public AcpiPowerManagementTests()
    {
        _pm = new AcpiPowerManagement(_domain);
    }

    private TestLine Sci => _domain.Lines[9];

    [Fact]
    public void The_timer_counts_at_3_579545_MHz()
    {
        uint before = _domain.PortSpace.Read(Timer, AccessWidth.Dword, 0);
        _domain.Time.Advance(1_000_000_000);
        Assert.Equal(3_579_545U, _domain.PortSpace.Read(Timer, AccessWidth.Dword, 0) - before);
    }

    [Fact]
    public void The_power_button_raises_the_SCI_when_it_is_enabled()
    {
        _pm.PressPowerButton();
        Assert.False(Sci.Asserted);
        Write(Enable, 0x100);
        Assert.True(Sci.Asserted);
        Assert.Equal(0x100U, Read(Status));
        Write(Status, 0x100);
        Assert.False(Sci.Asserted);
        Assert.Equal(0U, Read(Status));
    }

    [Fact]
    public void Status_bits_are_cleared_by_ones_only_also_bytewise()
    {
        _pm.PressPowerButton();
        _domain.Out(Status, 0xFF);
        Assert.Equal(0x100U, Read(Status));
        _domain.Out(Status + 1, 0x01);
        Assert.Equal(0U, Read(Status));
    }

    [Fact]
    public void The_timers_highest_bit_sets_its_status_and_raises_the_SCI()
    {
        Write(Enable, 1);
        _domain.Time.Advance(700_000_000_000);
        Assert.True(Sci.Asserted);
        Assert.Equal(1U, Read(Status) & 1);
        Write(Status, 1);
        Assert.False(Sci.Asserted);
        Assert.Equal(1, _domain.Time.ArmedCount);
    }

    [Fact]
    public void SCI_EN_is_always_set_because_there_is_no_SMI_command()
    {
        Assert.Equal(1U, Read(Control));
        Write(Control, 0);
        Assert.Equal(1U, Read(Control));
    }

    [Fact]
    public void SLP_EN_with_the_type_of_S5_powers_off()
    {
        Write(Control, 5 << 10);
        Assert.Empty(_domain.Controlled);
        Write(Control, (3 << 10) | (1 << 13));
        Assert.Empty(_domain.Controlled);
        Write(Control, (5 << 10) | (1 << 13));
        Assert.Equal(["off"], _domain.Controlled);
        Assert.Equal(0U, Read(Control) & (1 << 13));
    }

    [Fact]
    public void The_reset_register_resets_with_its_value_only()
    {
        _domain.Out(0x60C, 0);
        Assert.Empty(_domain.Controlled);
        _domain.Out(0x60C, 6);
        Assert.Equal(["reset"], _domain.Controlled);
    }

    [Fact]
    public void Save_and_restore_keep_events()
    {
        Write(Enable, 0x100);
        _pm.PressPowerButton();
        byte[] state = TestDomain.Save(_pm);
        TestDomain other = new();
        using AcpiPowerManagement copy = new(other);
        TestDomain.Restore(copy, state);
        Assert.True(other.Lines[9].Asserted);
        Assert.Equal(state, TestDomain.Save(copy));
    }

    private uint Read(int port) => _domain.PortSpace.Read((ushort)port, AccessWidth.Word, 0);

    private void Write(int port, uint value) => _domain.PortSpace.Write((ushort)port, AccessWidth.Word, value, 0);
}
