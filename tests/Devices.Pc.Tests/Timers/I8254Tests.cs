using Dominion.Devices.Pc.Timers;

namespace Dominion.Devices.Pc.Tests.Timers;

/// <summary>The rules of the 8254 data sheet (Intel 231164), and of system control port B.</summary>
public sealed class I8254Tests
{
    private readonly TestDomain _domain = new();
    private readonly I8254 _pit;

    public I8254Tests()
    {
        _pit = new I8254(_domain);
    }

    private TestLine Irq => _domain.Lines[0];

    [Fact]
    public void Mode_0_raises_OUT_at_terminal_count()
    {
        Load(0, 0x30, 100);
        Assert.False(Irq.Asserted);
        Ticks(99);
        Assert.False(Irq.Asserted);
        Ticks(1);
        Assert.True(Irq.Asserted);
        Assert.Equal(0, _domain.Time.ArmedCount);
    }

    [Fact]
    public void Mode_0_counts_on_past_zero()
    {
        Load(0, 0x30, 100);
        Ticks(110);
        Assert.Equal(0x10000 - 10, Count(0));
    }

    [Fact]
    public void Mode_0_lowers_OUT_with_the_first_byte_of_a_new_count()
    {
        Load(0, 0x30, 100);
        Ticks(100);
        _domain.Out(0x40, 50);
        Assert.False(Irq.Asserted);
        Ticks(1000);
        Assert.False(Irq.Asserted);
        _domain.Out(0x40, 0);
        Ticks(50);
        Assert.True(Irq.Asserted);
    }

    [Fact]
    public void Mode_2_gives_an_edge_each_period()
    {
        Load(0, 0x34, 1000);
        Assert.True(Irq.Asserted);
        int edges = Irq.Edges;
        Ticks(10_000);
        Assert.Equal(10, Irq.Edges - edges);
    }

    [Fact]
    public void Mode_2_takes_a_new_count_at_the_end_of_the_period()
    {
        Load(0, 0x34, 1000);
        Ticks(400);
        Load16(0, 100);
        int edges = Irq.Edges;
        Ticks(599);
        Assert.Equal(0, Irq.Edges - edges);
        Ticks(1);
        Assert.Equal(1, Irq.Edges - edges);
        Ticks(200);
        Assert.Equal(3, Irq.Edges - edges);
    }

    [Fact]
    public void A_count_of_zero_is_65536()
    {
        Load(0, 0x34, 0);
        int edges = Irq.Edges;
        Ticks(65_535);
        Assert.Equal(0, Irq.Edges - edges);
        Ticks(1);
        Assert.Equal(1, Irq.Edges - edges);
    }

    [Fact]
    public void Mode_3_is_a_square_wave_and_counts_by_two()
    {
        Load(0, 0x36, 100);
        Assert.True(Irq.Asserted);
        Ticks(10);
        Assert.Equal(80, Count(0));
        Ticks(40);
        Assert.False(Irq.Asserted);
        Ticks(10);
        Assert.Equal(80, Count(0));
        Ticks(40);
        Assert.True(Irq.Asserted);
    }

    [Fact]
    public void Mode_3_with_an_odd_count_is_high_one_tick_longer()
    {
        _domain.Out(0x61, 1);
        Load(2, 0xB6, 7);
        string wave = "";
        for (int i = 0; i < 14; i++)
        {
            wave += (_domain.In(0x61) & 0x20) != 0 ? '1' : '0';
            Ticks(1);
        }

        Assert.Equal("11110001111000", wave);
    }

    [Theory]
    [InlineData(0x34)]
    [InlineData(0x36)]
    public void A_very_short_period_does_not_keep_the_host_busy(int control)
    {
        Load(0, control, 2);
        int edges = Irq.Edges;
        _domain.Time.Advance(1_000_000);
        Assert.InRange(Irq.Edges - edges, 1, 100);
    }

    [Fact]
    public void Mode_4_strobes_once()
    {
        Load(0, 0x38, 100);
        Assert.True(Irq.Asserted);
        int edges = Irq.Edges;
        Ticks(100);
        Assert.Equal(0, Irq.Edges - edges);
        Ticks(1);
        Assert.Equal(1, Irq.Edges - edges);
        Ticks(100_000);
        Assert.Equal(1, Irq.Edges - edges);
    }

    [Fact]
    public void Mode_1_is_a_one_shot_started_by_the_gate()
    {
        Load(2, 0xB2, 100);
        Assert.Equal(0x20, _domain.In(0x61) & 0x20);
        Ticks(500);
        Assert.Equal(0x20, _domain.In(0x61) & 0x20);
        _domain.Out(0x61, 1);
        Assert.Equal(0x00, _domain.In(0x61) & 0x20);
        Ticks(60);
        _domain.Out(0x61, 0);
        _domain.Out(0x61, 1);
        Ticks(60);
        Assert.Equal(0x00, _domain.In(0x61) & 0x20);
        Ticks(40);
        Assert.Equal(0x20, _domain.In(0x61) & 0x20);
    }

    [Fact]
    public void Mode_5_strobes_after_a_gate_edge()
    {
        Load(2, 0xBA, 100);
        Ticks(500);
        Assert.Equal(0x20, _domain.In(0x61) & 0x20);
        _domain.Out(0x61, 1);
        Ticks(100);
        Assert.Equal(0x00, _domain.In(0x61) & 0x20);
        Ticks(1);
        Assert.Equal(0x20, _domain.In(0x61) & 0x20);
    }

    [Fact]
    public void A_low_gate_holds_mode_0()
    {
        _domain.Out(0x61, 1);
        Load(2, 0xB0, 100);
        Ticks(30);
        _domain.Out(0x61, 0);
        Ticks(1000);
        Assert.Equal(70, Count(2));
        Assert.Equal(0, _domain.In(0x61) & 0x20);
        _domain.Out(0x61, 1);
        Ticks(70);
        Assert.Equal(0x20, _domain.In(0x61) & 0x20);
    }

    [Fact]
    public void A_low_gate_sets_OUT_high_in_modes_2_and_3_and_its_rise_reloads()
    {
        _domain.Out(0x61, 1);
        Load(2, 0xB6, 100);
        Ticks(60);
        Assert.Equal(0, _domain.In(0x61) & 0x20);
        _domain.Out(0x61, 0);
        Assert.Equal(0x20, _domain.In(0x61) & 0x20);
        Ticks(7);
        _domain.Out(0x61, 1);
        Ticks(10);
        Assert.Equal(80, Count(2));
    }

    [Fact]
    public void A_latched_count_stands_until_it_is_read()
    {
        Load(0, 0x34, 1000);
        Ticks(100);
        _domain.Out(0x43, 0x00);
        Ticks(100);
        _domain.Out(0x43, 0x00);
        Assert.Equal(900, Read16(0));
        Assert.Equal(800, Read16(0));
    }

    [Fact]
    public void Read_back_latches_status_before_count()
    {
        Load(0, 0x34, 1000);
        Ticks(100);
        _domain.Out(0x43, 0xC2);
        Assert.Equal(0xB4, _domain.In(0x40));
        Assert.Equal(900, Read16(0));
    }

    [Fact]
    public void Status_shows_a_null_count_until_it_is_taken()
    {
        _domain.Out(0x43, 0x30);
        _domain.Out(0x43, 0xE2);
        Assert.Equal(0x70, _domain.In(0x40));
        Load16(0, 100);
        _domain.Out(0x43, 0xE2);
        Assert.Equal(0x30, _domain.In(0x40));
    }

    [Fact]
    public void One_byte_access_writes_and_reads_one_byte()
    {
        _domain.Out(0x43, 0x14);
        _domain.Out(0x40, 200);
        Ticks(50);
        Assert.Equal(150, _domain.In(0x40));
        Assert.Equal(150, _domain.In(0x40));
        _domain.Out(0x43, 0x24);
        _domain.Out(0x40, 2);
        Assert.Equal(2, _domain.In(0x40));
    }

    [Fact]
    public void Decimal_counts_are_binary_coded()
    {
        Load(0, 0x35, 0x1000);
        Ticks(1);
        Assert.Equal(0x0999, Count(0));
        Load(0, 0x35, 0);
        Ticks(1);
        Assert.Equal(0x9999, Count(0));
    }

    [Fact]
    public void Modes_6_and_7_are_2_and_3()
    {
        _domain.Out(0x43, 0x3C);
        _domain.Out(0x43, 0xE2);
        Assert.Equal(0x04, _domain.In(0x40) & 0x0E);
    }

    [Fact]
    public void The_refresh_bit_changes_every_15_microseconds()
    {
        int changes = 0;
        int last = _domain.In(0x61) & 0x10;
        for (int i = 0; i < 1000; i++)
        {
            _domain.Time.Advance(1000);
            int now = _domain.In(0x61) & 0x10;
            changes += now != last ? 1 : 0;
            last = now;
        }

        Assert.InRange(changes, 65, 67);
    }

    [Fact]
    public void Save_and_restore_go_on_in_the_same_period()
    {
        Load(0, 0x34, 1000);
        Ticks(300);
        byte[] state = TestDomain.Save(_pit);
        TestDomain other = new();
        other.Time.Advance(_domain.Time.Now - other.Time.Now);
        using I8254 copy = new(other);
        TestDomain.Restore(copy, state);
        Assert.Equal(state, TestDomain.Save(copy));
        int edges = other.Lines[0].Edges;
        other.Time.Advance(Nanoseconds(700));
        Assert.Equal(1, other.Lines[0].Edges - edges);
    }

    private static long Nanoseconds(long ticks) => ((ticks * 1_000_000_000) + 1_193_181) / 1_193_182;

    private void Ticks(long ticks)
    {
        // To the first nanosecond of a tick, so that sums of ticks stay exact.
        long now = _domain.Time.Now * 1_193_182 / 1_000_000_000;
        long target = (((now + ticks) * 1_000_000_000) + 1_193_181) / 1_193_182;
        _domain.Time.Advance(target - _domain.Time.Now);
    }

    private void Load(int counter, int control, int count)
    {
        _domain.Out(0x43, control);
        Load16(counter, count);
    }

    private void Load16(int counter, int count)
    {
        _domain.Out(0x40 + counter, count);
        _domain.Out(0x40 + counter, count >> 8);
    }

    private int Read16(int counter) => _domain.In(0x40 + counter) | (_domain.In(0x40 + counter) << 8);

    private int Count(int counter)
    {
        _domain.Out(0x43, counter << 6);
        return Read16(counter);
    }
}
