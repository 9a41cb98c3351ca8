using Dominion.Paravirt.Xen.Domains;
using Dominion.Time;
using ITimer = Dominion.Time.ITimer;

namespace Dominion.Paravirt.Xen.Time;

/// <summary>A vCPU's periodic and singleshot timers, which raise VIRQ_TIMER, and the limit of its polls. Safe from any thread.</summary>
internal sealed class VcpuTimers : IDisposable
{
    private const uint TimerVirq = 0;

    private readonly PvVcpu _vcpu;
    private readonly ITimer _single;
    private readonly ITimer _periodic;
    private readonly ITimer _poll;
    private readonly Lock _lock = new();
    private long _period;
    private long _next;

    /// <summary>Makes timers that do not run.</summary>
    /// <param name="vcpu">The vCPU.</param>
    /// <param name="clock">The domain's time.</param>
    public VcpuTimers(PvVcpu vcpu, IClock clock)
    {
        _vcpu = vcpu;
        _single = clock.CreateTimer(Expire);
        _periodic = clock.CreateTimer(ExpirePeriodic);
        _poll = clock.CreateTimer(vcpu.EndPoll);
    }

    /// <summary>Sets the singleshot timer; a time in the past expires at once.</summary>
    /// <param name="deadline">The system time.</param>
    public void SetSingleShot(long deadline) => _single.Schedule(_vcpu.Domain.ToClock(deadline));

    /// <summary>Stops the singleshot timer.</summary>
    public void StopSingleShot() => _single.Cancel();

    /// <summary>Lets the periodic timer run.</summary>
    /// <param name="period">Its period in nanoseconds.</param>
    public void SetPeriodic(long period)
    {
        lock (_lock)
        {
            _period = period;
            _next = _vcpu.Domain.SystemTime + period;
            _periodic.Schedule(_vcpu.Domain.ToClock(_next));
        }
    }

    /// <summary>Stops the periodic timer.</summary>
    public void StopPeriodic()
    {
        lock (_lock)
        {
            _period = 0;
            _periodic.Cancel();
        }
    }

    /// <summary>Ends the vCPU's poll at a time.</summary>
    /// <param name="deadline">The system time.</param>
    public void SetPollLimit(long deadline) => _poll.Schedule(_vcpu.Domain.ToClock(deadline));

    /// <summary>Forgets the limit of a poll.</summary>
    public void CancelPollLimit() => _poll.Cancel();

    /// <summary>Stops everything.</summary>
    public void Stop()
    {
        StopSingleShot();
        StopPeriodic();
        CancelPollLimit();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _single.Dispose();
        _periodic.Dispose();
        _poll.Dispose();
    }

    private void Expire() => _vcpu.Domain.Channels.RaiseVirq(TimerVirq, _vcpu.Index);

    private void ExpirePeriodic()
    {
        lock (_lock)
        {
            if (_period == 0)
                return;

            // Ticks that were missed are not made up for.
            long now = _vcpu.Domain.SystemTime;
            _next += _period;
            if (_next <= now)
                _next = now + _period;
            _periodic.Schedule(_vcpu.Domain.ToClock(_next));
        }

        Expire();
    }
}
