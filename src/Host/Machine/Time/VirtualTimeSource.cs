using Dominion.Domains;

namespace Dominion.Host.Machine.Time;

/// <summary>Time that passes with executed instructions: one nanosecond each, whichever vCPU executes it. One thread runs all vCPUs and moves the time; inside a slice that thread sees the time of the very instruction.</summary>
internal sealed class VirtualTimeSource : ITimeSource
{
    private readonly long _epoch;
    private long _now;
    private long _sliceStart;
    private long _sliceEnd;
    private int _thread = -1;
    private volatile IVcpu? _running;

    /// <summary>Starts at 0.</summary>
    /// <param name="epoch">The civil time at 0, in nanoseconds since 1970-01-01 00:00 UTC.</param>
    internal VirtualTimeSource(long epoch)
    {
        _epoch = epoch;
    }

    /// <inheritdoc/>
    public long Now
    {
        get
        {
            // Another thread cannot ask a running vCPU for its count: it sees the time at which the slice began.
            IVcpu? running = _running;
            if (running is null || Environment.CurrentManagedThreadId != _thread)
                return Volatile.Read(ref _now);
            return _now + (running.InstructionsRetired - _sliceStart);
        }
    }

    /// <inheritdoc/>
    public long WallClock => _epoch + Now;

    /// <inheritdoc/>
    public void Armed(long deadline)
    {
        if (deadline < Volatile.Read(ref _sliceEnd))
            Interrupt();
    }

    /// <summary>Ends the slice that runs now, if any, soon. Safe from any thread.</summary>
    internal void Interrupt() => _running?.RequestExit();

    /// <summary>Begins a slice on the calling thread.</summary>
    /// <param name="vcpu">The vCPU that will run.</param>
    /// <param name="instructions">Its budget.</param>
    internal void BeginSlice(IVcpu vcpu, long instructions)
    {
        _thread = Environment.CurrentManagedThreadId;
        _sliceStart = vcpu.InstructionsRetired;
        Volatile.Write(ref _sliceEnd, _now + instructions);
        _running = vcpu;
    }

    /// <summary>Ends the slice: time has passed by what was retired.</summary>
    internal void EndSlice()
    {
        long now = Now;
        _running = null;
        Volatile.Write(ref _sliceEnd, 0);
        Volatile.Write(ref _now, now);
    }

    /// <summary>Skips idle time.</summary>
    /// <param name="time">The time to go to; the past changes nothing.</param>
    internal void AdvanceTo(long time)
    {
        if (time > _now)
            Volatile.Write(ref _now, time);
    }
}
