using Dominion.Cpu.X86;
using Dominion.Devices.Pc.Registers;
using Dominion.Persistence;
using Dominion.Time;

namespace Dominion.Devices.Pc.Interrupts;

/// <summary>A local APIC's timer (SDM volume 3A, 11.5.4): a bus clock of 1 GHz, so that one count at divisor 1 is a nanosecond. Called under the fabric's lock.</summary>
internal sealed class LocalApicTimer : IDisposable
{
    private const int OneShot = 0;
    private const int Periodic = 1;
    private const int TscDeadline = 2;
    private readonly IX86Core _core;
    private readonly IClock _clock;
    private readonly ITimer _timer;
    private int _mode;
    private uint _initialCount;
    private uint _startCount;
    private long _start;
    private uint _divideConfiguration;
    private ulong _deadline;
    private long _expiry;
    private bool _armed;

    /// <summary>Makes the timer.</summary>
    /// <param name="core">The vCPU's core, for its time-stamp counter.</param>
    /// <param name="clock">The time.</param>
    /// <param name="expired">Called under the domain's device lock and not the fabric's when the time may have come; asks <see cref="TryExpire"/>.</param>
    public LocalApicTimer(IX86Core core, IClock clock, Action expired)
    {
        _core = core;
        _clock = clock;
        _timer = clock.CreateTimer(expired);
    }

    /// <summary>The divide configuration register.</summary>
    public uint DivideConfiguration
    {
        get => _divideConfiguration;
        set
        {
            uint count = CurrentCount;
            _divideConfiguration = value & 0xB;
            if (_mode != TscDeadline && _armed)
                Start(count);
        }
    }

    /// <summary>The initial count register; writing it starts the timer, or stops it with 0.</summary>
    public uint InitialCount
    {
        get => _initialCount;
        set
        {
            if (_mode == TscDeadline)
                return;
            _initialCount = value;
            Start(value);
        }
    }

    /// <summary>The current count register.</summary>
    public uint CurrentCount
    {
        get
        {
            if (_mode == TscDeadline || !_armed)
                return 0;
            ulong elapsed = (ulong)(_clock.Now - _start) / Divisor;
            if (elapsed < _startCount)
                return (uint)(_startCount - elapsed);
            return _mode == Periodic ? (uint)(_initialCount - ((elapsed - _startCount) % _initialCount)) : 0;
        }
    }

    /// <summary>IA32_TSC_DEADLINE: 0 when not armed.</summary>
    public ulong Deadline
    {
        get => _mode == TscDeadline && _armed ? _deadline : 0;
        set
        {
            if (_mode != TscDeadline)
                return;
            _deadline = value;
            if (value == 0)
                Stop();
            else
                Arm(_core.TimestampToClock(value));
        }
    }

    private ulong Divisor => 1UL << ((((int)_divideConfiguration & 3) + (((int)_divideConfiguration & 8) >> 1) + 1) & 7);

    /// <summary>Takes the mode from the LVT timer register. A change to or from TSC-deadline mode disarms the timer.</summary>
    /// <param name="mode">Bits 18–17.</param>
    public void SetMode(int mode)
    {
        if (mode == _mode)
            return;
        bool disarm = mode >= TscDeadline || _mode >= TscDeadline;
        uint count = disarm ? 0 : CurrentCount;
        _mode = mode;
        if (disarm)
            Stop();
        else if (_armed)
            Start(count);
    }

    /// <summary>Asks whether the timer's interrupt is due, and goes on to the next period.</summary>
    /// <returns>True when it is; false for a callback that a rearming has overtaken.</returns>
    public bool TryExpire()
    {
        long now = _clock.Now;
        if (!_armed || now < _expiry)
            return false;
        if (_mode == Periodic && _initialCount != 0)
        {
            // Periods that were missed fall together: the request register holds one interrupt anyway.
            long period = (long)(_initialCount * Divisor);
            _start = _expiry + ((now - _expiry) / period * period);
            _startCount = _initialCount;
            long skipped = Math.Max(0, now + ClockTicks.MinimumInterval - 1 - _start) / period;
            Arm(_start + ((skipped + 1) * period));
        }
        else
        {
            _armed = false;
        }

        return true;
    }

    /// <summary>Takes the state after power-on or INIT.</summary>
    public void Reset()
    {
        Stop();
        _mode = OneShot;
        _initialCount = 0;
        _divideConfiguration = 0;
        _deadline = 0;
    }

    /// <summary>Writes the state.</summary>
    /// <param name="writer">Where to.</param>
    public void Save(StateWriter writer)
    {
        long now = _clock.Now;
        writer.Write(_mode);
        writer.Write(_initialCount);
        writer.Write(_startCount);
        writer.Write(now - _start);
        writer.Write(_divideConfiguration);
        writer.Write(_deadline);
        writer.Write(_expiry - now);
        writer.Write(_armed);
    }

    /// <summary>Reads the state.</summary>
    /// <param name="reader">Where from.</param>
    public void Restore(StateReader reader)
    {
        long now = _clock.Now;
        _mode = reader.ReadInt32() & 3;
        _initialCount = reader.ReadUInt32();
        _startCount = reader.ReadUInt32();
        _start = now - reader.ReadInt64();
        _divideConfiguration = reader.ReadUInt32() & 0xB;
        _deadline = reader.ReadUInt64();
        _expiry = now + reader.ReadInt64();
        if (reader.ReadBoolean())
            Arm(_expiry);
        else
            Stop();
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Start(uint count)
    {
        if (count == 0)
        {
            Stop();
            return;
        }

        _start = _clock.Now;
        _startCount = count;
        Arm(_start + (long)(count * Divisor));
    }

    private void Arm(long expiry)
    {
        _expiry = expiry;
        _armed = true;
        _timer.Schedule(expiry);
    }

    private void Stop()
    {
        if (_armed)
            _timer.Cancel();
        _armed = false;
    }
}
