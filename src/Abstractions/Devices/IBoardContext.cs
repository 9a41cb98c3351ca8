using Dominion.Buses;
using Dominion.Diagnostics;
using Dominion.Memory;
using Dominion.Plugins;
using Dominion.Time;

namespace Dominion.Devices;

/// <summary>What a domain gives its board.</summary>
public interface IBoardContext
{
    /// <summary>The domain's name.</summary>
    string DomainName { get; }

    /// <summary>The domain's id.</summary>
    int DomainId { get; }

    /// <summary>How many vCPUs the domain has at most.</summary>
    int VcpuCount { get; }

    /// <summary>How much RAM the domain has, in bytes; a multiple of 4096.</summary>
    ulong MemorySize { get; }

    /// <summary>The domain's port space; empty.</summary>
    IPortSpace Ports { get; }

    /// <summary>The domain's memory space; empty: the board puts the RAM where it belongs.</summary>
    IMemorySpace MemorySpace { get; }

    /// <summary>The machine's memory, to take frames for RAM and ROM from.</summary>
    IMachineMemory MachineMemory { get; }

    /// <summary>The domain's time.</summary>
    IClock Clock { get; }

    /// <summary>The domain's log.</summary>
    ILog Log { get; }

    /// <summary>Power and reset of the domain.</summary>
    IDomainControl Control { get; }

    /// <summary>The devices to make: slots first, in the board's order, then the manifest's.</summary>
    IReadOnlyList<IDeviceBinding> Devices { get; }

    /// <summary>Makes a log for a part of the board.</summary>
    /// <param name="name">The part's name.</param>
    /// <returns>The log.</returns>
    ILog CreateLog(string name);

    /// <summary>Finds a service by an option's reference.</summary>
    /// <typeparam name="TService">The service contract.</typeparam>
    /// <param name="reference">The option's value.</param>
    /// <returns>The service.</returns>
    TService GetService<TService>(ServiceReference<TService> reference)
        where TService : class;

    /// <summary>Runs an action soon under the domain's device lock. Safe from any thread.</summary>
    /// <param name="action">What to run.</param>
    void Post(Action action);
}
