using Dominion.Devices.Pc.Interrupts;

namespace Dominion.Devices.Pc.Tests.Interrupts;

/// <summary>The rules of the 82093AA data sheet (Intel 290566) and of the EOI register of version 0x20.</summary>
public sealed class IoApicTests
{
    private const ulong Base = 0xFEC0_0000;
    private readonly TestDomain _domain = new();
    private readonly IoApic _ioapic;

    public IoApicTests()
    {
        _ioapic = new IoApic(_domain);
    }

    [Fact]
    public void Version_register_says_0x20_and_24_entries() => Assert.Equal(0x0017_0020U, Get(1));

    [Fact]
    public void Entries_are_masked_after_reset_and_read_only_bits_stay()
    {
        Assert.Equal(0x0001_0000U, Get(0x10));
        Set(0x10, 0xFFFF_FFFF);
        Assert.Equal(0x0001_AFFFU, Get(0x10));
        Set(0x11, 0xFFFF_FFFF);
        Assert.Equal(0xFF00_0000U, Get(0x11));
        Assert.Equal(0U, Get(0x40));
    }

    [Fact]
    public void An_edge_sends_one_message_with_vector_mode_and_destination()
    {
        Route(4, 0x0000_0030, destination: 3);
        _ioapic.SetInput(4, true);
        _ioapic.SetInput(4, true);
        Assert.Equal([(0xFEE0_3000UL, 0x4030U)], _domain.Sent);
    }

    [Fact]
    public void A_logical_lowest_priority_entry_sets_destination_mode_and_redirection_hint()
    {
        Route(5, 0x0000_0931, destination: 0xF);
        _ioapic.SetInput(5, true);
        Assert.Equal([(0xFEE0_F00CUL, 0x4131U)], _domain.Sent);
    }

    [Fact]
    public void An_edge_on_a_masked_entry_is_lost()
    {
        _ioapic.SetInput(4, true);
        Route(4, 0x30, 0);
        Assert.Empty(_domain.Sent);
    }

    [Fact]
    public void A_level_waits_for_the_end_of_its_interrupt_and_comes_again_while_it_lasts()
    {
        Route(16, 0x8041, 0);
        _ioapic.SetInput(16, true);
        Assert.Equal([(0xFEE0_0000UL, 0xC041U)], _domain.Sent);
        Assert.Equal(0xC041U, Get(0x30));
        _ioapic.SetInput(16, false);
        _ioapic.SetInput(16, true);
        Assert.Single(_domain.Sent);
        _ioapic.EndOfInterrupt(0x42);
        Assert.Single(_domain.Sent);
        _ioapic.EndOfInterrupt(0x41);
        Assert.Equal(2, _domain.Sent.Count);
        _ioapic.SetInput(16, false);
        _ioapic.EndOfInterrupt(0x41);
        Assert.Equal(2, _domain.Sent.Count);
        Assert.Equal(0x8041U, Get(0x30));
    }

    [Fact]
    public void A_level_on_a_masked_entry_is_delivered_on_unmasking()
    {
        Route(16, 0x1_8041, 0);
        _ioapic.SetInput(16, true);
        Assert.Empty(_domain.Sent);
        Set(0x30, 0x8041);
        Assert.Single(_domain.Sent);
    }

    [Fact]
    public void The_EOI_register_ends_the_entries_of_its_vector()
    {
        Route(16, 0x8041, 0);
        _ioapic.SetInput(16, true);
        _domain.Store(Base + 0x40, 0x41);
        Assert.Equal(2, _domain.Sent.Count);
    }

    [Fact]
    public void Switching_to_edge_and_back_drops_a_stuck_remote_IRR()
    {
        Route(16, 0x8041, 0);
        _ioapic.SetInput(16, true);
        _ioapic.SetInput(16, false);
        Set(0x30, 0x1_0041);
        Set(0x30, 0x8041);
        Assert.Equal(0x8041U, Get(0x30));
    }

    [Fact]
    public void A_message_that_nobody_took_leaves_remote_IRR_clear()
    {
        _domain.TakesMessages = false;
        Route(16, 0x8041, 0);
        _ioapic.SetInput(16, true);
        Assert.Equal(0x8041U, Get(0x30));
    }

    [Fact]
    public void The_id_is_kept_in_bits_27_to_24()
    {
        Set(0, 0xFFFF_FFFF);
        Assert.Equal(0x0F00_0000U, Get(0));
        Assert.Equal(0x0F00_0000U, Get(2));
    }

    [Fact]
    public void Save_and_restore_keep_entries_and_levels()
    {
        Route(16, 0x8041, 0);
        _ioapic.SetInput(16, true);
        byte[] state = TestDomain.Save(_ioapic);
        TestDomain other = new();
        using IoApic copy = new(other);
        TestDomain.Restore(copy, state);
        Assert.Equal(state, TestDomain.Save(copy));
        copy.EndOfInterrupt(0x41);
        Assert.Single(other.Sent);
    }

    private void Route(int input, uint low, uint destination)
    {
        Set(0x11 + (2 * input), destination << 24);
        Set(0x10 + (2 * input), low);
    }

    private uint Get(int register)
    {
        _domain.Store(Base, (uint)register);
        return _domain.Load(Base + 0x10);
    }

    private void Set(int register, uint value)
    {
        _domain.Store(Base, (uint)register);
        _domain.Store(Base + 0x10, value);
    }
}
