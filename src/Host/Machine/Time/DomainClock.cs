using Dominion.Persistence;
using Dominion.Time;
using ITimer = Dominion.Time.ITimer;

namespace Dominion.Host.Machine.Time;

/// <summary>One domain's time: the machine's, without the spans in which the domain was held. Its timers run under the domain's device lock, by whoever calls <see cref="RunDue"/>.</summary>
internal sealed class DomainClock : IClock
{
    private readonly ITimeSource _source;
    private readonly Lock _deviceLock;

    // A leaf: nothing is called under it but the source's Armed. Order: the device lock, then this.
    private readonly Lock _gate = new();
    private readonly TimerHeap _timers = new();
    private long _sequence;
    private int _made;

    // Replaced whole, so that a reader that finds it unchanged knows that the time it computed is right.
    private volatile Passage _passage = new(0, HeldAt: 0);

    /// <summary>Makes a clock that is held at 0.</summary>
    /// <param name="source">The machine's time.</param>
    /// <param name="deviceLock">The lock under which timers run.</param>
    internal DomainClock(ITimeSource source, Lock deviceLock)
    {
        _source = source;
        _deviceLock = deviceLock;
    }

    /// <inheritdoc/>
    public long Now
    {
        get
        {
            while (true)
            {
                Passage passage = _passage;
                long now = passage.HeldAt ?? (_source.Now - passage.Behind);
                if (ReferenceEquals(passage, _passage))
                    return now;
            }
        }
    }

    /// <inheritdoc/>
    public long WallClock => _source.WallClock;

    /// <summary>Told when a timer is armed that expires before every other.</summary>
    internal Action? EarlierDeadline { get; set; }

    /// <summary>When the first timer expires, in the machine's time, or null when there is none or the clock is held.</summary>
    internal long? NextDeadline
    {
        get
        {
            lock (_gate)
            {
                Passage passage = _passage;
                return passage.HeldAt is null && _timers.First is { } first ? Saturate(first.ArmedFor, passage.Behind) : null;
            }
        }
    }

    /// <inheritdoc/>
    public ITimer CreateTimer(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return new ClockTimer(this, Interlocked.Increment(ref _made) - 1, callback);
    }

    /// <summary>Stops the time.</summary>
    internal void Hold()
    {
        lock (_gate)
        {
            Passage passage = _passage;
            if (passage.HeldAt is null)
                _passage = passage with { HeldAt = _source.Now - passage.Behind };
        }
    }

    /// <summary>Lets the time go on from where it stopped.</summary>
    internal void Release()
    {
        lock (_gate)
        {
            if (_passage.HeldAt is { } held)
                _passage = new Passage(_source.Now - held, HeldAt: null);
        }
        EarlierDeadline?.Invoke();
    }

    /// <summary>Sets the time of a held clock; for restore.</summary>
    /// <param name="now">The time.</param>
    internal void Set(long now)
    {
        lock (_gate)
        {
            if (_passage.HeldAt is null)
                throw new InvalidOperationException("the clock is not held");
            _passage = new Passage(0, HeldAt: now);
        }
    }

    /// <summary>Writes the time, and in which order timers will expire: devices write their deadlines, not who of two with the same one comes first.</summary>
    /// <param name="writer">Where to.</param>
    internal void Save(StateWriter writer)
    {
        writer.BeginSection("clock", 1);
        lock (_gate)
        {
            writer.Write(Now);
            ClockTimer[] armed = _timers.InOrder;
            writer.Write(armed.Length);
            foreach (ClockTimer timer in armed)
                writer.Write(timer.Number);
        }
    }

    /// <summary>Sets the time of a held clock to what was saved.</summary>
    /// <param name="reader">Where from.</param>
    /// <returns>The numbers of the timers that were armed, for <see cref="Order"/>.</returns>
    internal int[] Restore(StateReader reader)
    {
        reader.BeginSection("clock", 1);
        Set(reader.ReadInt64());
        int count = reader.ReadInt32();
        if (count < 0 || count > _made)
            throw new InvalidDataException($"{count} timers were armed of {_made}");
        int[] armed = new int[count];
        foreach (ref int number in armed.AsSpan())
            number = reader.ReadInt32();
        return armed;
    }

    /// <summary>Lets the timers that devices have armed anew expire in the order in which they would have.</summary>
    /// <param name="armed">What <see cref="Restore"/> gave.</param>
    /// <returns>False when other timers are armed than were.</returns>
    internal bool Order(int[] armed)
    {
        lock (_gate)
        {
            ClockTimer[] timers = _timers.InOrder;
            Dictionary<int, ClockTimer> byNumber = timers.ToDictionary(timer => timer.Number);
            foreach (int number in armed)
            {
                if (!byNumber.TryGetValue(number, out ClockTimer? timer))
                    continue;
                timer.Sequence = ++_sequence;
                _timers.Set(timer);
            }
            return timers.Length == armed.Length && Array.TrueForAll(armed, byNumber.ContainsKey);
        }
    }

    /// <summary>Runs every timer that is due, in order; those that are armed meanwhile wait for the next call, so that a timer that arms itself for now keeps nobody else out.</summary>
    /// <returns>True when one ran.</returns>
    internal bool RunDue()
    {
        if (NextDeadline is not { } next || next > _source.Now)
            return false;
        bool ran = false;
        using (_deviceLock.EnterScope())
        {
            long lastSequence;
            lock (_gate)
                lastSequence = _sequence;
            while (TakeDue(lastSequence) is { } timer)
            {
                ran = true;
                timer.Callback();
            }
        }
        return ran;
    }

    internal long? DeadlineOf(ClockTimer timer)
    {
        lock (_gate)
            return timer.HeapIndex >= 0 ? timer.ArmedFor : null;
    }

    internal void Schedule(ClockTimer timer, long deadline)
    {
        lock (_gate)
        {
            if (timer.IsDisposed)
                return;
            timer.ArmedFor = deadline;
            timer.Sequence = ++_sequence;
            _timers.Set(timer);
            if (!ReferenceEquals(_timers.First, timer) || _passage.HeldAt is not null)
                return;
            _source.Armed(Saturate(deadline, _passage.Behind));
        }
        EarlierDeadline?.Invoke();
    }

    internal void Cancel(ClockTimer timer)
    {
        lock (_gate)
            _timers.Remove(timer);
    }

    internal void Discard(ClockTimer timer)
    {
        lock (_gate)
        {
            timer.IsDisposed = true;
            _timers.Remove(timer);
        }
    }

    /// <summary>A deadline in the machine's time. The domain's time may be ahead of the machine's, after a restore; then what it is behind is negative.</summary>
    private static long Saturate(long deadline, long behind) => (long)Int128.Clamp((Int128)deadline + behind, long.MinValue, long.MaxValue);

    private ClockTimer? TakeDue(long lastSequence)
    {
        lock (_gate)
        {
            if (_passage.HeldAt is not null || _timers.First is not { } first)
                return null;
            if (first.ArmedFor > Now || first.Sequence > lastSequence)
                return null;
            _timers.Remove(first);
            return first;
        }
    }

    /// <summary>How the domain's time follows the machine's.</summary>
    /// <param name="Behind">By how much it is less, while it passes.</param>
    /// <param name="HeldAt">The time at which it stands, or null while it passes.</param>
    private sealed record Passage(long Behind, long? HeldAt);
}
