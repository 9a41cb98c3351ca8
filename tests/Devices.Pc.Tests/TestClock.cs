using Dominion.Time;

namespace Dominion.Devices.Pc.Tests;

/// <summary>Time that a test moves. Timers expire in order while it does.</summary>
internal sealed class TestClock : IClock
{
    private readonly List<TestTimer> _timers = [];

    public long Now { get; private set; } = 5_000_000_000;

    /// <summary>2026-03-04 05:06:07 UTC, a Wednesday, when <see cref="Now"/> is five seconds.</summary>
    public long WallClock => 1_772_600_767_000_000_000 + Now - 5_000_000_000;

    public int ArmedCount => _timers.Count(timer => timer.Deadline is not null);

    public ITimer CreateTimer(Action callback)
    {
        TestTimer timer = new(callback);
        _timers.Add(timer);
        return timer;
    }

    public void Advance(long nanoseconds)
    {
        long end = Now + nanoseconds;
        for (int left = 1_000_000; ; left--)
        {
            Assert.True(left > 0, "timers without end");
            TestTimer? next = _timers.Where(timer => timer.Deadline <= end).MinBy(timer => timer.Deadline);
            if (next is null)
                break;
            Now = Math.Max(Now, next.Deadline!.Value);
            next.Expire();
        }

        Now = end;
    }

    private sealed class TestTimer(Action callback) : ITimer
    {
        public long? Deadline { get; private set; }

        public void Schedule(long deadline) => Deadline = deadline;

        public void Cancel() => Deadline = null;

        public void Expire()
        {
            Deadline = null;
            callback();
        }

        public void Dispose() => Deadline = null;
    }
}
