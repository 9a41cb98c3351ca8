namespace Dominion.Domains;

/// <summary>Why a vCPU stopped running.</summary>
public enum VcpuStatus
{
    /// <summary>The budget is spent; there is more to do.</summary>
    Runnable,

    /// <summary>It waits for an interrupt; do not run it until <see cref="IVcpu.Woken"/>.</summary>
    Idle,

    /// <summary>It has been asked to come back.</summary>
    Exited,

    /// <summary>It cannot go on: the domain crashes. <see cref="IDomainContext.Crash"/> has said why.</summary>
    Dead,
}
