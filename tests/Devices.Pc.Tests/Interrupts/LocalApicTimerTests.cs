namespace Dominion.Devices.Pc.Tests.Interrupts;

/// <summary>The local APIC's timer (SDM volume 3A, 11.5.4): one count at divisor 1 is a nanosecond.</summary>
public sealed class LocalApicTimerTests
{
    private const int Lvt = 0x320;
    private const int Initial = 0x380;
    private const int Current = 0x390;
    private const int Divide = 0x3E0;
    private readonly LocalApicFixture _machine = new(1);

    [Theory]
    [InlineData(0x0, 2)]
    [InlineData(0x1, 4)]
    [InlineData(0x2, 8)]
    [InlineData(0x3, 16)]
    [InlineData(0x8, 32)]
    [InlineData(0x9, 64)]
    [InlineData(0xA, 128)]
    [InlineData(0xB, 1)]
    public void The_divide_configuration_divides_the_bus_clock(uint configuration, int divisor)
    {
        _machine.Set(Divide, configuration);
        _machine.Set(Initial, 1000);
        _machine.Domain.Time.Advance(divisor * 10);
        Assert.Equal(990U, _machine.Get(Current));
    }

    [Fact]
    public void One_shot_fires_once_and_stays_at_zero()
    {
        _machine.Set(Divide, 0xB);
        _machine.Set(Lvt, 0x31);
        _machine.Set(Initial, 1000);
        _machine.Domain.Time.Advance(999);
        Assert.False(_machine.Cores[0].InterruptRequest);
        _machine.Domain.Time.Advance(1);
        Assert.Equal(0x31, _machine.Acknowledge());
        _machine.Set(0xB0, 0);
        _machine.Domain.Time.Advance(10_000);
        Assert.Equal(-1, _machine.Acknowledge());
        Assert.Equal(0U, _machine.Get(Current));
        Assert.Equal(1000U, _machine.Get(Initial));
    }

    [Fact]
    public void Periodic_reloads()
    {
        _machine.Set(Divide, 0xB);
        _machine.Set(Lvt, 0x2_0031);
        _machine.Set(Initial, 100_000);
        for (int i = 0; i < 3; i++)
        {
            _machine.Domain.Time.Advance(100_000);
            Assert.Equal(0x31, _machine.Acknowledge());
            _machine.Set(0xB0, 0);
        }

        _machine.Domain.Time.Advance(300);
        Assert.Equal(99_700U, _machine.Get(Current));
    }

    [Fact]
    public void A_very_short_period_does_not_keep_the_host_busy()
    {
        _machine.Set(Divide, 0xB);
        _machine.Set(Lvt, 0x2_0031);
        _machine.Set(Initial, 1);
        int interrupts = 0;
        for (int i = 0; i < 1_000; i++)
        {
            _machine.Domain.Time.Advance(1_000);
            if (_machine.Acknowledge() < 0)
                continue;
            _machine.Set(0xB0, 0);
            interrupts++;
        }

        Assert.InRange(interrupts, 50, 101);
    }

    [Fact]
    public void Writing_zero_stops_the_timer()
    {
        _machine.Set(Lvt, 0x31);
        _machine.Set(Initial, 1000);
        _machine.Set(Initial, 0);
        _machine.Domain.Time.Advance(100_000);
        Assert.False(_machine.Cores[0].InterruptRequest);
        Assert.Equal(0, _machine.Domain.Time.ArmedCount);
    }

    [Fact]
    public void A_masked_timer_counts_and_does_not_interrupt()
    {
        _machine.Set(Divide, 0xB);
        _machine.Set(Lvt, 0x1_0031);
        _machine.Set(Initial, 1000);
        _machine.Domain.Time.Advance(400);
        Assert.Equal(600U, _machine.Get(Current));
        _machine.Domain.Time.Advance(1000);
        Assert.False(_machine.Cores[0].InterruptRequest);
    }

    [Fact]
    public void TSC_deadline_fires_when_the_counter_reaches_it_and_then_reads_zero()
    {
        _machine.Set(Lvt, 0x4_0031);
        ulong deadline = _machine.Cores[0].TimestampCounter + 2000;
        Assert.True(_machine.WriteMsr(0x6E0, deadline));
        Assert.True(_machine.ReadMsr(0x6E0, out ulong armed));
        Assert.Equal(deadline, armed);
        _machine.Domain.Time.Advance(999);
        Assert.False(_machine.Cores[0].InterruptRequest);
        _machine.Domain.Time.Advance(1);
        Assert.Equal(0x31, _machine.Acknowledge());
        Assert.True(_machine.ReadMsr(0x6E0, out ulong disarmed));
        Assert.Equal(0UL, disarmed);
    }

    [Fact]
    public void A_TSC_deadline_that_has_passed_fires_with_the_write()
    {
        _machine.Set(Lvt, 0x4_0031);
        _machine.Domain.Time.Advance(5_000);

        Assert.True(_machine.WriteMsr(0x6E0, _machine.Cores[0].TimestampCounter - 1));

        Assert.Equal(0x31, _machine.Acknowledge());
        Assert.True(_machine.ReadMsr(0x6E0, out ulong armed));
        Assert.Equal(0UL, armed);
    }

    [Fact]
    public void TSC_deadline_of_zero_disarms()
    {
        _machine.Set(Lvt, 0x4_0031);
        _machine.WriteMsr(0x6E0, _machine.Cores[0].TimestampCounter + 2000);
        _machine.WriteMsr(0x6E0, 0);
        Assert.Equal(0, _machine.Domain.Time.ArmedCount);
    }

    [Fact]
    public void Outside_TSC_deadline_mode_its_MSR_is_dead_and_inside_the_initial_count_is()
    {
        _machine.WriteMsr(0x6E0, 12345);
        Assert.True(_machine.ReadMsr(0x6E0, out ulong deadline));
        Assert.Equal(0UL, deadline);
        _machine.Set(Lvt, 0x4_0031);
        _machine.Set(Initial, 1000);
        Assert.Equal(0U, _machine.Get(Current));
        Assert.Equal(0, _machine.Domain.Time.ArmedCount);
    }

    [Fact]
    public void Changing_to_TSC_deadline_mode_disarms_the_count()
    {
        _machine.Set(Lvt, 0x31);
        _machine.Set(Initial, 1000);
        _machine.Set(Lvt, 0x4_0031);
        Assert.Equal(0, _machine.Domain.Time.ArmedCount);
    }

    [Fact]
    public void The_fast_paths_allocate_nothing()
    {
        _machine.SwitchToX2(0);
        _machine.WriteMsr(0x832, 0x4_0031);
        Exercise();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Exercise();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Exercise()
        {
            for (int i = 0; i < 100; i++)
            {
                _machine.WriteMsr(0x830, 0x41);
                _machine.Acknowledge();
                _machine.WriteMsr(0x80B, 0);
                _machine.WriteMsr(0x6E0, 1UL << 60);
                _machine.Cores[0].LocalApic!.TaskPriority = (byte)(i & 1);
            }
        }
    }
}
