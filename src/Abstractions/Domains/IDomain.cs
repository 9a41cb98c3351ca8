using Dominion.Persistence;

namespace Dominion.Domains;

/// <summary>One virtual machine, as its type made it. The host runs its vCPUs, one thread each or in turns, and keeps its state.</summary>
public interface IDomain : IPersistent, IDisposable
{
    /// <summary>The domain's vCPUs, in order of index.</summary>
    IReadOnlyList<IVcpu> Vcpus { get; }

    /// <summary>Takes the state after power-on: devices reset, images loaded anew, vCPUs at their first instruction. Called under the device lock, once before the domain starts and at every reset; no vCPU runs meanwhile.</summary>
    void Reset();

    /// <summary>Asks the guest to shut down, as a power button does. Safe from any thread.</summary>
    void RequestShutdown();
}
