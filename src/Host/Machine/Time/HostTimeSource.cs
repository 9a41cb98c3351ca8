using System.Diagnostics;

namespace Dominion.Host.Machine.Time;

/// <summary>Time that passes with the host's monotonic clock.</summary>
internal sealed class HostTimeSource : ITimeSource
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <inheritdoc/>
    public long Now
    {
        get
        {
            long ticks = Stopwatch.GetTimestamp() - _start;
            return Stopwatch.Frequency == NanosecondsPerSecond ? ticks : (long)((Int128)ticks * NanosecondsPerSecond / Stopwatch.Frequency);
        }
    }

    /// <inheritdoc/>
    public long WallClock => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    /// <inheritdoc/>
    public void Armed(long deadline)
    {
        // The event thread that runs the clock's timers is woken by the clock itself.
    }
}
