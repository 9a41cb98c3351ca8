using Dominion.Domains;

namespace Dominion.Host.Machine.Scheduling;

/// <summary>The host thread of one vCPU.</summary>
internal sealed class VcpuThread
{
    private const long Quantum = 10_000_000;
    private const int StackSize = 8 << 20;
    private readonly IVcpu _vcpu;
    private readonly Action<Exception?> _onDead;
    private readonly Thread _thread;

    // Set when the vCPU may have something to do, or must look at the fields below.
    private readonly ManualResetEventSlim _wake = new(initialState: false, spinCount: 0);

    // A leaf; guards what follows, and is waited on and pulsed at every change of it.
    private readonly object _gate = new();
    private volatile int _holds;
    private volatile bool _stop;
    private bool _parked;
    private bool _dead;

    internal VcpuThread(string name, IVcpu vcpu, Action<Exception?> onDead)
    {
        _vcpu = vcpu;
        _onDead = onDead;
        _thread = new Thread(Run, StackSize) { Name = name, IsBackground = true };
        // A vCPU that has not run yet is as good as parked.
        _parked = true;
    }

    internal void Start() => _thread.Start();

    internal void Hold()
    {
        lock (_gate)
            _holds++;
        Kick();
    }

    internal void WaitUntilHeld()
    {
        lock (_gate)
        {
            while (!_parked)
                Monitor.Wait(_gate);
        }
    }

    internal void Release()
    {
        lock (_gate)
        {
            _holds--;
            _dead = false;
            Monitor.PulseAll(_gate);
        }
    }

    internal void Stop()
    {
        lock (_gate)
        {
            _stop = true;
            Monitor.PulseAll(_gate);
        }
        Kick();
    }

    internal bool Join(TimeSpan limit) => (_thread.ThreadState & ThreadState.Unstarted) != 0 || _thread.Join(limit);

    private void Kick()
    {
        _vcpu.RequestExit();
        _wake.Set();
    }

    private void Run()
    {
        _vcpu.Woken += _wake.Set;
        try
        {
            while (Enter())
                RunOnce();
        }
        finally
        {
            _vcpu.Woken -= _wake.Set;
            lock (_gate)
            {
                _parked = true;
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Waits while the vCPU is held.</summary>
    /// <returns>False when it is to end.</returns>
    private bool Enter()
    {
        lock (_gate)
        {
            while ((_holds > 0 || _dead) && !_stop)
            {
                _parked = true;
                Monitor.PulseAll(_gate);
                Monitor.Wait(_gate);
            }
            _parked = false;
            return !_stop;
        }
    }

    private void RunOnce()
    {
        VcpuStatus status;
        Exception? defect = null;
        try
        {
            status = _vcpu.Run(Quantum);
            if (status == VcpuStatus.Idle)
                WaitForWork();
        }
        catch (Exception caught)
        {
            // A defect of ours ends the domain, not the process.
            status = VcpuStatus.Dead;
            defect = caught;
        }
        if (status != VcpuStatus.Dead)
            return;
        lock (_gate)
            _dead = true;
        _onDead(defect);
    }

    /// <summary>Waits until the vCPU has something to do. The event falls before the question, so that work that arrives after the answer sets it again.</summary>
    private void WaitForWork()
    {
        _wake.Reset();
        if (_holds == 0 && !_stop && !_vcpu.HasWork)
            _wake.Wait();
    }
}
