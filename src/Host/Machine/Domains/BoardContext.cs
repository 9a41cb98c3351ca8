using Dominion.Buses;
using Dominion.Devices;
using Dominion.Diagnostics;
using Dominion.Memory;
using Dominion.Plugins;
using Dominion.Time;

namespace Dominion.Host.Machine.Domains;

/// <summary>What a board is built from.</summary>
internal sealed class BoardContext : IBoardContext
{
    private readonly DomainRuntime _domain;

    internal BoardContext(DomainRuntime domain)
    {
        _domain = domain;
        Log = domain.CreateLog("board");
        Devices = [.. domain.Plan.Devices.Select(plan => new DeviceBinding(plan))];
    }

    /// <inheritdoc/>
    public string DomainName => _domain.Name;

    /// <inheritdoc/>
    public int DomainId => _domain.Id;

    /// <inheritdoc/>
    public int VcpuCount => _domain.Plan.VcpuCount;

    /// <inheritdoc/>
    public ulong MemorySize => _domain.Plan.MemoryBytes;

    /// <inheritdoc/>
    public IPortSpace Ports => _domain.Ports;

    /// <inheritdoc/>
    public IMemorySpace MemorySpace => _domain.MemorySpace;

    /// <inheritdoc/>
    public IMachineMemory MachineMemory => _domain.MachineMemory;

    /// <inheritdoc/>
    public IClock Clock => _domain.Events.Clock;

    /// <inheritdoc/>
    public ILog Log { get; }

    /// <inheritdoc/>
    public IDomainControl Control => _domain.Control;

    /// <inheritdoc/>
    public IReadOnlyList<IDeviceBinding> Devices { get; }

    /// <inheritdoc/>
    public ILog CreateLog(string name) => _domain.CreateLog(name);

    /// <inheritdoc/>
    public TService GetService<TService>(ServiceReference<TService> reference)
        where TService : class => _domain.GetService(reference);

    /// <inheritdoc/>
    public void Post(Action action) => _domain.Events.Post(action);
}
