using Dominion.Paravirt.Xen.Abi;
using Dominion.Time;
using ITimer = Dominion.Time.ITimer;

namespace Dominion.Paravirt.Xen.Time;

/// <summary>SCHEDOP_watchdog: timers that end the domain unless the guest winds them up again.</summary>
internal sealed class Watchdogs : IDisposable
{
    private const int Count = 2;
    private const long Second = 1_000_000_000;

    private readonly IClock _clock;
    private readonly ITimer[] _timers = new ITimer[Count];
    private readonly bool[] _used = new bool[Count];
    private readonly Lock _lock = new();

    /// <summary>Makes watchdogs that sleep.</summary>
    /// <param name="clock">The domain's time.</param>
    /// <param name="expired">What happens when one expires.</param>
    public Watchdogs(IClock clock, Action expired)
    {
        _clock = clock;
        for (int i = 0; i < Count; i++)
            _timers[i] = clock.CreateTimer(expired);
    }

    /// <summary>Takes, winds up or gives back a watchdog.</summary>
    /// <param name="id">0 for a new one.</param>
    /// <param name="seconds">0 to give it back.</param>
    /// <returns>The watchdog's id or 0, or a negated error.</returns>
    public long Set(uint id, uint seconds)
    {
        lock (_lock)
        {
            if (id == 0)
            {
                if (seconds == 0)
                    return -(long)XenError.Invalid;
                id = (uint)Array.IndexOf(_used, false) + 1;
                if (id == 0)
                    return -(long)XenError.NoSpace;
                _used[id - 1] = true;
                Wind(id, seconds);
                return id;
            }

            if (id > Count || !_used[id - 1])
                return -(long)XenError.Invalid;
            if (seconds != 0)
            {
                Wind(id, seconds);
                return 0;
            }

            _used[id - 1] = false;
            _timers[id - 1].Cancel();
            return 0;
        }
    }

    /// <summary>Stops them all.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            Array.Clear(_used);
            foreach (ITimer timer in _timers)
                timer.Cancel();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ITimer timer in _timers)
            timer.Dispose();
    }

    private void Wind(uint id, uint seconds) => _timers[id - 1].Schedule(_clock.Now + (seconds * Second));
}
