using Dominion.Buses;
using Dominion.Devices.Pc.Timers;

namespace Dominion.Devices.Pc.Tests.Timers;

/// <summary>The rules of the IA-PC HPET specification 1.0a. A tick is ten nanoseconds.</summary>
public sealed class HpetTests
{
    private const ulong Base = 0xFED0_0000;
    private const uint Edge = 0x0004;
    private const uint Route20 = 20 << 9;
    private readonly TestDomain _domain = new();
    private readonly Hpet _hpet;
    private bool _legacy;

    public HpetTests()
    {
        _hpet = new Hpet(_domain) { LegacyReplacementChanged = active => _legacy = active };
    }

    [Fact]
    public void Capabilities_name_three_64_bit_timers_at_100_MHz()
    {
        Assert.Equal(0x8086_A201U, Get(0));
        Assert.Equal(10_000_000U, Get(4));
        Assert.Equal(0x0098_9680_8086_A201UL, _domain.Space.Read(Base, AccessWidth.Qword, 0));
        Assert.Equal(0x00F0_0000U, Get(0x104));
        Assert.Equal(0x8030U, Get(0x100));
    }

    [Fact]
    public void The_counter_stands_until_it_is_enabled_and_can_be_set()
    {
        _domain.Time.Advance(1000);
        Assert.Equal(0U, Get(0xF0));
        _domain.Space.Write(Base + 0xF0, AccessWidth.Qword, 0x1_0000_0000, 0);
        Set(0x10, 1);
        _domain.Time.Advance(1000);
        Assert.Equal(0x1_0000_0064UL, _domain.Space.Read(Base + 0xF0, AccessWidth.Qword, 0));
        Set(0x10, 0);
        _domain.Time.Advance(1000);
        Assert.Equal(100U, Get(0xF0));
        Assert.Equal(1U, Get(0xF4));
    }

    [Fact]
    public void A_one_shot_edge_comes_at_the_comparator()
    {
        Set(0x100, Edge | Route20);
        Set64(0x108, 100);
        Set(0x10, 1);
        _domain.Time.Advance(999);
        Assert.Equal(0, _domain.Lines[20].Edges);
        _domain.Time.Advance(1);
        Assert.Equal(1, _domain.Lines[20].Edges);
        Assert.Equal(0U, Get(0x20));
        _domain.Time.Advance(1_000_000);
        Assert.Equal(1, _domain.Lines[20].Edges);
    }

    [Fact]
    public void A_periodic_timer_adds_its_period_to_the_comparator()
    {
        Set(0x100, Edge | Route20 | 0x48);
        Set64(0x108, 10_000);
        Set64(0x108, 5_000);
        Assert.Equal(0U, Get(0x100) & 0x40);
        Set(0x10, 1);
        _domain.Time.Advance(100_000);
        Assert.Equal(1, _domain.Lines[20].Edges);
        Assert.Equal(15_000U, Get(0x108));
        _domain.Time.Advance(50_000);
        Assert.Equal(2, _domain.Lines[20].Edges);
        Assert.Equal(20_000U, Get(0x108));
    }

    [Fact]
    public void A_very_short_period_does_not_keep_the_host_busy()
    {
        Set(0x100, Edge | Route20 | 0x48);
        Set64(0x108, 1);
        Set(0x10, 1);
        _domain.Time.Advance(1_000_000);
        Assert.InRange(_domain.Lines[20].Edges, 50, 100);
    }

    [Fact]
    public void The_comparator_of_a_periodic_timer_can_be_set_beyond_32_bits()
    {
        Set(0x100, Edge | Route20 | 0x48);
        Set64(0x108, 5);
        Set(0x100, Edge | Route20 | 0x48);
        Set64(0x108, 0x2_0000_0064);
        Set64(0x108, 0x3_0000_0000);
        Assert.Equal(0x2_0000_0064UL, _domain.Space.Read(Base + 0x108, AccessWidth.Qword, 0));
    }

    [Fact]
    public void A_level_holds_the_wire_until_its_status_bit_is_written_with_one()
    {
        Set(0x120, Edge | 2 | (21 << 9));
        Set64(0x128, 10);
        Set(0x10, 1);
        _domain.Time.Advance(100);
        Assert.True(_domain.Lines[21].Asserted);
        Assert.Equal(2U, Get(0x20));
        Set(0x20, 5);
        Assert.True(_domain.Lines[21].Asserted);
        Set(0x20, 2);
        Assert.False(_domain.Lines[21].Asserted);
        Assert.Equal(0U, Get(0x20));
    }

    [Fact]
    public void Legacy_replacement_drives_IRQ_0_and_8()
    {
        Set(0x100, Edge);
        Set(0x120, Edge);
        Set64(0x108, 10);
        Set64(0x128, 20);
        Set(0x10, 3);
        Assert.True(_legacy);
        _domain.Time.Advance(200);
        Assert.Equal(1, _domain.Lines[0].Edges);
        Assert.Equal(1, _domain.Lines[8].Edges);
        Set(0x10, 1);
        Assert.False(_legacy);
        Assert.False(_domain.Lines[0].Asserted);
    }

    [Fact]
    public void Message_delivery_sends_the_written_message()
    {
        Set(0x140, Edge | 0x4000);
        Set(0x150, 0x4041);
        Set(0x154, 0xFEE0_1000);
        Set64(0x148, 10);
        Set(0x10, 1);
        _domain.Time.Advance(100);
        Assert.Equal([(0xFEE0_1000UL, 0x4041U)], _domain.Sent);
    }

    [Fact]
    public void A_32_bit_timer_matches_again_after_the_wrap()
    {
        Set(0x100, Edge | Route20 | 0x100);
        Set64(0x108, 10);
        Set(0x10, 1);
        _domain.Time.Advance(100);
        Assert.Equal(1, _domain.Lines[20].Edges);
        _domain.Time.Advance(0x1_0000_0000L * 10);
        Assert.Equal(2, _domain.Lines[20].Edges);
    }

    [Fact]
    public void A_64_bit_comparator_that_lies_behind_does_not_fire()
    {
        Set(0x100, Edge | Route20);
        Set(0x10, 1);
        _domain.Time.Advance(10_000);
        Set64(0x108, 10);
        _domain.Time.Advance(1_000_000_000);
        Assert.Equal(0, _domain.Lines[20].Edges);
    }

    [Fact]
    public void A_route_that_the_timer_does_not_have_is_not_taken()
    {
        Set(0x100, Edge | (31 << 9));
        Assert.Equal(0U, Get(0x100) & (0x1F << 9));
        Set(0x100, Edge | (3 << 9));
        Assert.Equal(0U, Get(0x100) & (0x1F << 9));
    }

    [Fact]
    public void Save_and_restore_keep_counter_and_comparators()
    {
        Set(0x100, Edge | Route20);
        Set64(0x108, 100);
        Set(0x10, 1);
        _domain.Time.Advance(600);
        byte[] state = TestDomain.Save(_hpet);
        TestDomain other = new();
        other.Time.Advance(_domain.Time.Now - other.Time.Now);
        using Hpet copy = new(other);
        TestDomain.Restore(copy, state);
        Assert.Equal(state, TestDomain.Save(copy));
        other.Time.Advance(399);
        Assert.Equal(0, other.Lines[20].Edges);
        other.Time.Advance(1);
        Assert.Equal(1, other.Lines[20].Edges);
    }

    private uint Get(int offset) => _domain.Load(Base + (uint)offset);

    private void Set(int offset, uint value) => _domain.Store(Base + (uint)offset, value);

    private void Set64(int offset, ulong value) => _domain.Space.Write(Base + (uint)offset, AccessWidth.Qword, value, 0);
}
