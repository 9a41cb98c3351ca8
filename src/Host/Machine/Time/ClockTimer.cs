using ITimer = Dominion.Time.ITimer;

namespace Dominion.Host.Machine.Time;

/// <summary>A timer of a <see cref="DomainClock"/>; the fields belong to the clock's gate.</summary>
internal sealed class ClockTimer : ITimer
{
    private readonly DomainClock _clock;

    internal ClockTimer(DomainClock clock, int number, Action callback)
    {
        _clock = clock;
        Number = number;
        Callback = callback;
    }

    /// <summary>Which of its clock's timers it is, in the order in which they were made.</summary>
    internal int Number { get; }

    /// <inheritdoc/>
    public long? Deadline => _clock.DeadlineOf(this);

    internal Action Callback { get; }

    /// <summary>The deadline while the timer is in the heap.</summary>
    internal long ArmedFor { get; set; }

    /// <summary>Counts armings, to order timers of one deadline.</summary>
    internal long Sequence { get; set; }

    /// <summary>The place in the heap, or -1.</summary>
    internal int HeapIndex { get; set; } = -1;

    internal bool IsDisposed { get; set; }

    /// <inheritdoc/>
    public void Schedule(long deadline) => _clock.Schedule(this, deadline);

    /// <inheritdoc/>
    public void Cancel() => _clock.Cancel(this);

    /// <inheritdoc/>
    public void Dispose() => _clock.Discard(this);
}
