namespace Dominion.Domains;

/// <summary>A virtual CPU as the host's scheduler sees it.</summary>
public interface IVcpu
{
    /// <summary>Runs the guest until the budget is spent, the vCPU has nothing to do, or <see cref="RequestExit"/> is called. One thread at a time.</summary>
    /// <param name="instructions">The most instructions to retire; the last may be a little over when one instruction counts for several.</param>
    /// <returns>Why it came back.</returns>
    VcpuStatus Run(long instructions);

    /// <summary>Instructions retired since the domain was made. Exact when asked by the running thread or while the vCPU does not run.</summary>
    long InstructionsRetired { get; }

    /// <summary>Makes <see cref="Run"/> return soon. Safe from any thread; a request made while the vCPU does not run makes the next run return at once.</summary>
    void RequestExit();

    /// <summary>Raised, on any thread, when a vCPU that returned <see cref="VcpuStatus.Idle"/> has something to do.</summary>
    event Action? Woken;

    /// <summary>Whether the vCPU would do something now; the host asks after an <see cref="VcpuStatus.Idle"/> before it waits.</summary>
    bool HasWork { get; }
}
