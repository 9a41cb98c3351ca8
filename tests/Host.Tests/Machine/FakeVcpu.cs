using Dominion.Domains;

namespace Dominion.Host.Tests.Machine;

/// <summary>A vCPU whose program is a delegate.</summary>
internal sealed class FakeVcpu : IVcpu
{
    private int _exitRequests;
    private int _running;
    private volatile bool _hasWork = true;

    public event Action? Woken;

    /// <summary>Runs for a budget: called by <see cref="Run"/>.</summary>
    public required Func<FakeVcpu, long, VcpuStatus> Program { get; set; }

    public long InstructionsRetired { get; private set; }

    public bool HasWork
    {
        get => _hasWork;
        set => _hasWork = value;
    }

    public int Runs { get; private set; }

    public bool IsRunning => Volatile.Read(ref _running) != 0;

    /// <summary>Whether somebody asked for an exit; asking takes the request.</summary>
    public bool TakeExitRequest() => Interlocked.Exchange(ref _exitRequests, 0) != 0;

    /// <summary>Retires instructions.</summary>
    public void Retire(long count) => InstructionsRetired += count;

    /// <summary>Retires the whole budget one by one, unless an exit is asked for.</summary>
    public VcpuStatus Spend(long budget)
    {
        for (long i = 0; i < budget; i++)
        {
            if (TakeExitRequest())
                return VcpuStatus.Exited;
            Retire(1);
        }
        return VcpuStatus.Runnable;
    }

    /// <summary>Waits until somebody asks for an exit, as a guest in a loop does.</summary>
    public VcpuStatus Loop()
    {
        while (!TakeExitRequest())
            Thread.Yield();
        return VcpuStatus.Exited;
    }

    public void Wake()
    {
        HasWork = true;
        Woken?.Invoke();
    }

    public VcpuStatus Run(long instructions)
    {
        Assert.Equal(0, Interlocked.Exchange(ref _running, 1));
        try
        {
            Runs++;
            return Program(this, instructions);
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }

    public void RequestExit() => Volatile.Write(ref _exitRequests, 1);
}
