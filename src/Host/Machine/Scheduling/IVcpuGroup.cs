namespace Dominion.Host.Machine.Scheduling;

/// <summary>The vCPUs of one domain as their scheduler runs them.</summary>
internal interface IVcpuGroup
{
    /// <summary>Asks the vCPUs to stop; does not wait. Counted: each call needs a <see cref="Release"/>. Safe from any thread, a vCPU's own among them.</summary>
    void Hold();

    /// <summary>Waits until no vCPU runs, after <see cref="Hold"/>. Only for the thread that runs the domain's events.</summary>
    void WaitUntilHeld();

    /// <summary>Takes one <see cref="Hold"/> back.</summary>
    void Release();

    /// <summary>Ends the vCPUs for good. They are held.</summary>
    void Retire();
}
