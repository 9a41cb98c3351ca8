using Dominion.Devices.Pc.Timers;
using Dominion.Persistence;
using Dominion.Time;

namespace Dominion.Devices.Pc.Network;

/// <summary>A delayed interrupt cause: each request starts the delay anew, but the first of several waits no longer than the absolute delay (Software Developer's Manual, 3.2.7.1).</summary>
internal sealed class E1000Delay : IPersistent, IDisposable
{
    private const long Unit = 1024; // nanoseconds
    private const long Longest = 0xFFFF * Unit;
    private readonly IClock _clock;
    private readonly ITimer _timer;
    private readonly Action _expired;
    private long _latest;
    private bool _isWaiting;

    /// <summary>Makes a delay.</summary>
    /// <param name="clock">The domain's time.</param>
    /// <param name="expired">Raises the cause.</param>
    public E1000Delay(IClock clock, Action expired)
    {
        _clock = clock;
        _expired = expired;
        _timer = clock.CreateTimer(Expire);
    }

    /// <summary>Asks for the cause.</summary>
    /// <param name="delay">The delay in units of 1.024 µs; 0 raises it at once.</param>
    /// <param name="absolute">The absolute delay in the same unit; 0 for none.</param>
    public void Request(uint delay, uint absolute)
    {
        if (delay == 0)
        {
            Expire();
            return;
        }

        long now = _clock.Now;
        if (!_isWaiting)
            _latest = now + (absolute == 0 ? Longest : absolute * Unit);
        _isWaiting = true;
        _timer.Schedule(Math.Min(now + (delay * Unit), _latest));
    }

    /// <summary>Raises the cause now when it waits.</summary>
    public void Flush()
    {
        if (_isWaiting)
            Expire();
    }

    /// <summary>Forgets a request.</summary>
    public void Reset()
    {
        _isWaiting = false;
        _timer.Cancel();
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Write(_isWaiting);
        writer.Write(Math.Max(0, _latest - _clock.Now));
        TimerState.Save(writer, _timer);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        Reset();
        _isWaiting = reader.ReadBoolean();
        _latest = _clock.Now + Math.Clamp(reader.ReadInt64(), 0, Longest);
        TimerState.Restore(reader, _timer);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Expire()
    {
        Reset();
        _expired();
    }
}
