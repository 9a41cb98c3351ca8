using Dominion.Host.Machine.Time;
using FsCheck;
using FsCheck.Fluent;
using ITimer = Dominion.Time.ITimer;

namespace Dominion.Host.Tests.Machine.Time;

public sealed class DomainClockTests
{
    private readonly ManualTime _time = new();
    private readonly DomainClock _clock;
    private readonly List<string> _log = [];

    public DomainClockTests()
    {
        _clock = new DomainClock(_time, new Lock());
        _clock.Release();
    }

    [Fact]
    public void Time_stands_while_the_clock_is_held_and_timers_wait()
    {
        _clock.CreateTimer(() => _log.Add("due")).Schedule(100);
        _time.Now = 50;
        _clock.Hold();
        _time.Now = 1000;
        Assert.Equal(50, _clock.Now);
        Assert.Null(_clock.NextDeadline);
        Assert.False(_clock.RunDue());

        _clock.Release();

        Assert.Equal(50, _clock.Now);
        Assert.Equal(1050, _clock.NextDeadline);
        _time.Now = 1049;
        Assert.False(_clock.RunDue());
        _time.Now = 1050;
        Assert.True(_clock.RunDue());
        Assert.Equal(["due"], _log);
    }

    [Fact]
    public void A_deadline_in_the_past_expires_at_the_next_look_and_not_in_the_call()
    {
        _time.Now = 500;
        ITimer timer = _clock.CreateTimer(() => _log.Add("past"));
        timer.Schedule(-5);
        Assert.Empty(_log);
        Assert.Equal(-5, timer.Deadline);
        _clock.RunDue();
        Assert.Equal(["past"], _log);
        Assert.Null(timer.Deadline);
    }

    [Fact]
    public void A_timer_that_arms_itself_for_now_runs_once_a_look()
    {
        ITimer? timer = null;
        timer = _clock.CreateTimer(() =>
        {
            _log.Add("again");
            timer!.Schedule(_clock.Now);
        });
        timer.Schedule(0);
        _clock.RunDue();
        Assert.Single(_log);
        _clock.RunDue();
        Assert.Equal(2, _log.Count);
    }

    [Fact]
    public void A_callback_can_cancel_a_timer_that_is_due_too()
    {
        ITimer second = _clock.CreateTimer(() => _log.Add("second"));
        ITimer first = _clock.CreateTimer(second.Cancel);
        first.Schedule(10);
        second.Schedule(10);
        _time.Now = 10;
        _clock.RunDue();
        Assert.Empty(_log);
    }

    [Fact]
    public void A_disposed_timer_stays_silent()
    {
        ITimer timer = _clock.CreateTimer(() => _log.Add("disposed"));
        timer.Schedule(1);
        timer.Dispose();
        timer.Schedule(2);
        _time.Now = 10;
        Assert.False(_clock.RunDue());
        Assert.Empty(_log);
    }

    [Fact]
    public void The_farthest_deadline_does_not_wrap()
    {
        _time.Now = 1000;
        _clock.Hold();
        _time.Now = 5000;
        _clock.Release();
        _clock.CreateTimer(() => _log.Add("never")).Schedule(long.MaxValue);
        Assert.Equal(long.MaxValue, _clock.NextDeadline);
        Assert.False(_clock.RunDue());
    }

    [Fact]
    public void A_domain_that_was_restored_into_a_younger_machine_has_its_timers_too()
    {
        _time.Now = 10;
        _clock.Hold();
        _clock.Set(1_000_000);
        _clock.CreateTimer(() => _log.Add("due")).Schedule(1_000_500);
        _clock.Release();
        Assert.Equal(510, _clock.NextDeadline);
        _time.Now = 510;
        Assert.True(_clock.RunDue());
        Assert.Equal(["due"], _log);
    }

    [Fact]
    public void Timers_expire_in_order_of_deadline_and_then_of_arming()
    {
        Gen<(int Timer, int Deadline)> step = from timer in Gen.Choose(0, 9) from deadline in Gen.Choose(-1, 20) select (timer, deadline);
        Prop.ForAll(Gen.ListOf(step).ToArbitrary(), Holds).QuickCheckThrowOnFailure();

        static bool Holds(IReadOnlyList<(int Timer, int Deadline)> steps)
        {
            ManualTime time = new();
            DomainClock clock = new(time, new Lock());
            clock.Release();
            List<int> expired = [];
            ITimer[] timers = [.. Enumerable.Range(0, 10).Select(i => clock.CreateTimer(() => expired.Add(i)))];
            List<(int Timer, int Deadline)> armed = [];
            foreach ((int timer, int deadline) in steps)
            {
                armed.RemoveAll(a => a.Timer == timer);
                if (deadline < 0)
                {
                    timers[timer].Cancel();
                    continue;
                }
                timers[timer].Schedule(deadline);
                armed.Add((timer, deadline));
            }
            if (clock.NextDeadline != (armed.Count == 0 ? null : armed.Min(a => (long)a.Deadline)))
                return false;
            time.Now = 10;
            clock.RunDue();
            time.Now = 20;
            clock.RunDue();
            return expired.SequenceEqual(armed.OrderBy(a => a.Deadline).Select(a => a.Timer));
        }
    }

    private sealed class ManualTime : ITimeSource
    {
        public long Now { get; set; }

        public long WallClock => Now;

        public void Armed(long deadline)
        {
            // The test looks by itself.
        }
    }
}
