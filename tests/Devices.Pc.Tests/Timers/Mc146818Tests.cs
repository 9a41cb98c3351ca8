using Dominion.Devices.Pc.Timers;

namespace Dominion.Devices.Pc.Tests.Timers;

/// <summary>The rules of the Motorola MC146818A data sheet. The machine's civil time is 2026-03-04 05:06:07 UTC, a Wednesday.</summary>
public sealed class Mc146818Tests
{
    private const long Second = 1_000_000_000;

    // Set at the periodic rate whether or not its interrupt is enabled.
    private const int PeriodicFlag = 0x40;
    private readonly TestDomain _domain = new();
    private readonly Mc146818 _rtc;

    public Mc146818Tests()
    {
        _rtc = new Mc146818(_domain);
    }

    private TestLine Irq => _domain.Lines[8];

    [Fact]
    public void Time_and_date_are_BCD_with_24_hours_and_century_by_default()
    {
        Assert.Equal([0x07, 0x06, 0x05, 0x04, 0x04, 0x03, 0x26, 0x20], Time());
        Assert.Equal(0x80, Get(0x0D));
        Assert.Equal(0x02, Get(0x0B));
    }

    [Fact]
    public void Binary_mode_gives_numbers()
    {
        _domain.Time.Advance(40 * Second);
        Set(0x0B, 0x06);
        Assert.Equal([47, 6, 5, 4, 4, 3, 26, 20], Time());
    }

    [Theory]
    [InlineData(5, 0x05)]
    [InlineData(12, 0x92)]
    [InlineData(0, 0x12)]
    [InlineData(23, 0x91)]
    public void Twelve_hour_mode_marks_the_afternoon(int hour, int expected)
    {
        Set(0x0B, 0x06);
        Set(0x04, hour);
        Set(0x0B, 0x00);
        Assert.Equal(expected, Get(0x04));
    }

    [Fact]
    public void Setting_the_time_works_while_SET_holds_the_clock()
    {
        Set(0x0B, 0x82);
        foreach ((int register, int value) in new[] { (0x00, 0x58), (0x02, 0x59), (0x04, 0x23), (0x07, 0x31), (0x08, 0x12), (0x09, 0x99), (0x32, 0x19) })
            Set(register, value);
        _domain.Time.Advance(10 * Second);
        Assert.Equal(0x58, Get(0x00));
        Set(0x0B, 0x02);
        _domain.Time.Advance(2 * Second);
        Assert.Equal([0x00, 0x00, 0x00, 0x07, 0x01, 0x01, 0x00, 0x20], Time());
    }

    [Fact]
    public void A_date_that_is_none_does_no_harm()
    {
        Set(0x0B, 0x86);
        foreach (int register in new[] { 0x00, 0x02, 0x04, 0x07, 0x08, 0x09, 0x32 })
            Set(register, 0xFF);
        Set(0x0B, 0x06);
        _domain.Time.Advance(100 * Second);
        Assert.InRange(Get(0x08), 1, 12);
    }

    [Fact]
    public void Update_ended_interrupts_come_each_second_until_C_is_read()
    {
        Set(0x0B, 0x12);
        _domain.Time.Advance(Second);
        Assert.True(Irq.Asserted);
        Assert.Equal(0x90, Get(0x0C) & ~PeriodicFlag);
        Assert.False(Irq.Asserted);
        Assert.Equal(0x00, Get(0x0C));
        _domain.Time.Advance(Second);
        Assert.Equal(2, Irq.Edges);
    }

    [Fact]
    public void The_alarm_comes_at_its_time()
    {
        Set(0x01, 0x10);
        Set(0x03, 0x06);
        Set(0x05, 0x05);
        Set(0x0B, 0x22);
        _domain.Time.Advance(2 * Second);
        Assert.False(Irq.Asserted);
        _domain.Time.Advance(Second);
        Assert.True(Irq.Asserted);
        Assert.Equal(0xB0, Get(0x0C) & ~PeriodicFlag);
    }

    [Fact]
    public void Alarm_bytes_with_both_high_bits_match_everything()
    {
        Set(0x01, 0x10);
        Set(0x03, 0xC0);
        Set(0x05, 0xFF);
        Set(0x0B, 0x22);
        _domain.Time.Advance(3 * Second);
        Get(0x0C);
        _domain.Time.Advance(60 * Second);
        Assert.Equal(2, Irq.Edges);
    }

    [Fact]
    public void An_alarm_that_was_not_enabled_still_sets_its_flag()
    {
        Set(0x01, 0x10);
        Set(0x03, 0x06);
        Set(0x05, 0x05);
        _domain.Time.Advance(10 * Second);
        Assert.Equal(0x30, Get(0x0C) & ~PeriodicFlag);
        Assert.False(Irq.Asserted);
    }

    [Theory]
    [InlineData(6, 1024)]
    [InlineData(15, 2)]
    [InlineData(3, 8192)]
    [InlineData(1, 256)]
    public void Periodic_interrupts_have_the_chosen_rate(int rate, int expected)
    {
        Set(0x0A, 0x20 | rate);
        Set(0x0B, 0x42);
        long step = Second / 8192;
        int interrupts = 0;
        for (int i = 0; i < 8192; i++)
        {
            _domain.Time.Advance(step);
            interrupts += Irq.Asserted ? 1 : 0;
            Get(0x0C);
        }

        Assert.InRange(interrupts, expected - 1, expected + 1);
    }

    [Fact]
    public void UIP_is_set_before_an_update_ends()
    {
        Assert.Equal(0x26, Get(0x0A));
        _domain.Time.Advance(Second - 2_000_000);
        Assert.Equal(0xA6, Get(0x0A));
        _domain.Time.Advance(2_000_000);
        Assert.Equal(0x26, Get(0x0A));
    }

    [Fact]
    public void CMOS_RAM_survives_a_reset_and_interrupt_enables_do_not()
    {
        Set(0x40, 0x5A);
        Set(0x0B, 0x72);
        _rtc.Reset();
        Assert.Equal(0x5A, Get(0x40));
        Assert.Equal(0x02, Get(0x0B));
        Assert.Equal(0, _domain.Time.ArmedCount);
    }

    [Fact]
    public void The_index_ignores_the_NMI_bit()
    {
        Set(0x40, 0x5A);
        Assert.Equal(0x5A, Get(0xC0));
    }

    [Fact]
    public void Save_and_restore_keep_time_and_RAM()
    {
        Set(0x04, 0x11);
        Set(0x40, 0x5A);
        byte[] state = TestDomain.Save(_rtc);
        TestDomain other = new();
        using Mc146818 copy = new(other);
        TestDomain.Restore(copy, state);
        Assert.Equal(state, TestDomain.Save(copy));
        other.Out(0x70, 4);
        Assert.Equal(0x11, other.In(0x71));
    }

    private byte[] Time() => [Get(0), Get(2), Get(4), Get(6), Get(7), Get(8), Get(9), Get(0x32)];

    private byte Get(int index)
    {
        _domain.Out(0x70, index);
        return _domain.In(0x71);
    }

    private void Set(int index, int value)
    {
        _domain.Out(0x70, index);
        _domain.Out(0x71, value);
    }
}
