using Dominion.Cpu;
using Dominion.Buses;
using Dominion.Devices;
using Dominion.Diagnostics;
using Dominion.Memory;
using Dominion.Plugins;
using Dominion.Services;
using Dominion.Split;
using Dominion.Time;

namespace Dominion.Domains;

/// <summary>What the machine gives a domain.</summary>
public interface IDomainContext
{
    /// <summary>The domain's name; unique in the machine.</summary>
    string Name { get; }

    /// <summary>The domain's id, from 0; unique in the machine.</summary>
    int Id { get; }

    /// <summary>How much RAM the manifest gives the domain, in bytes; a multiple of 4096.</summary>
    ulong MemorySize { get; }

    /// <summary>How many vCPUs the manifest gives the domain.</summary>
    int VcpuCount { get; }

    /// <summary>The machine's memory.</summary>
    IMachineMemory MachineMemory { get; }

    /// <summary>The domain's port space; accesses take the device lock.</summary>
    IPortSpace Ports { get; }

    /// <summary>The domain's memory space; device accesses take the device lock.</summary>
    IMemorySpace MemorySpace { get; }

    /// <summary>The domain's time.</summary>
    IClock Clock { get; }

    /// <summary>The domain's log.</summary>
    ILog Log { get; }

    /// <summary>The domain's console.</summary>
    ICharacterStream Console { get; }

    /// <summary>Power and reset of the domain.</summary>
    IDomainControl Control { get; }

    /// <summary>The lock under which every device of the domain is called. Order: this lock first, then any lock inside a service; never the device locks of two domains.</summary>
    Lock DeviceLock { get; }

    /// <summary>Makes a vCPU's core of the kind that the manifest names.</summary>
    /// <param name="index">The vCPU's index.</param>
    /// <param name="memory">Where the core's physical accesses go, or null for <see cref="MemorySpace"/>. A core with memory of its own is a monitor's (<see cref="CpuCoreContext.IsMonitored"/>).</param>
    /// <returns>The core.</returns>
    ICpuCore CreateCore(int index, IPhysicalAddressSpace? memory = null);

    /// <summary>Finds what a plugin keeps for the whole machine, or makes it: what its domains share. One object for each type; disposed with the machine, after the domains, when it is <see cref="IDisposable"/>. Only while the domain is made.</summary>
    /// <typeparam name="T">The object's type.</typeparam>
    /// <param name="create">Makes it, for the first domain that asks.</param>
    /// <returns>The object.</returns>
    T GetMachineWide<T>(Func<T> create)
        where T : class;

    /// <summary>Makes the board that the manifest names, with its devices. Only for a type that uses a board.</summary>
    /// <returns>The board, not reset yet.</returns>
    IBoard CreateBoard();

    /// <summary>The split devices that the manifest gives the domain, in its order. Their backends are made by the domain, which also drives them. Empty for a type that takes none.</summary>
    IReadOnlyList<IBackendBinding> SplitDevices { get; }

    /// <summary>Makes a log for a part of the domain.</summary>
    /// <param name="part">The part's name in the domain.</param>
    /// <returns>The log.</returns>
    ILog CreateLog(string part);

    /// <summary>Finds a service by an option's reference.</summary>
    /// <typeparam name="TService">The service contract.</typeparam>
    /// <param name="reference">The option's value.</param>
    /// <returns>The service.</returns>
    TService GetService<TService>(ServiceReference<TService> reference)
        where TService : class;

    /// <summary>Runs an action soon under the device lock. Safe from any thread.</summary>
    /// <param name="action">What to run.</param>
    void Post(Action action);

    /// <summary>Ends the domain as crashed. Takes effect soon, not inside the call. Safe from any thread.</summary>
    /// <param name="reason">What happened, for a person: registers and all.</param>
    void Crash(string reason);
}
