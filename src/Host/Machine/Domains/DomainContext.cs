using Dominion.Buses;
using Dominion.Cpu;
using Dominion.Devices;
using Dominion.Diagnostics;
using Dominion.Domains;
using Dominion.Host.Composition;
using Dominion.Memory;
using Dominion.Plugins;
using Dominion.Services;
using Dominion.Split;
using Dominion.Time;

namespace Dominion.Host.Machine.Domains;

/// <summary>What a domain type builds a domain from.</summary>
internal sealed class DomainContext : IDomainContext
{
    private readonly DomainRuntime _domain;

    internal DomainContext(DomainRuntime domain)
    {
        _domain = domain;
        Log = domain.CreateLog(null);
        SplitDevices = [.. domain.Plan.SplitDevices.Select(plan => new BackendBinding(plan))];
    }

    /// <inheritdoc/>
    public string Name => _domain.Name;

    /// <inheritdoc/>
    public int Id => _domain.Id;

    /// <inheritdoc/>
    public ulong MemorySize => _domain.Plan.MemoryBytes;

    /// <inheritdoc/>
    public int VcpuCount => _domain.Plan.VcpuCount;

    /// <inheritdoc/>
    public IMachineMemory MachineMemory => _domain.MachineMemory;

    /// <inheritdoc/>
    public IPortSpace Ports => _domain.Ports;

    /// <inheritdoc/>
    public IMemorySpace MemorySpace => _domain.MemorySpace;

    /// <inheritdoc/>
    public IClock Clock => _domain.Events.Clock;

    /// <inheritdoc/>
    public ILog Log { get; }

    /// <inheritdoc/>
    public ICharacterStream Console => _domain.Console;

    /// <inheritdoc/>
    public IDomainControl Control => _domain.Control;

    /// <inheritdoc/>
    public Lock DeviceLock => _domain.Events.DeviceLock;

    /// <inheritdoc/>
    public T GetMachineWide<T>(Func<T> create)
        where T : class => _domain.MachineWide.Get(create);

    /// <inheritdoc/>
    public ICpuCore CreateCore(int index, IPhysicalAddressSpace? memory = null)
    {
        CpuPlan cpu = _domain.Plan.Cpu;
        return cpu.Factory.Create(new CpuCoreContext
        {
            Index = index,
            VcpuCount = VcpuCount,
            Model = cpu.Model,
            Engine = cpu.Engine,
            Features = cpu.Features,
            Extensions = cpu.Extensions,
            MachineMemory = MachineMemory,
            Memory = memory ?? MemorySpace,
            IsMonitored = memory is not null,
            Ports = Ports,
            Clock = Clock,
            Seed = _domain.HasVirtualTime ? (ulong)_domain.Id : null,
            Log = _domain.CreateLog($"cpu{index}"),
        });
    }

    /// <inheritdoc/>
    public IBoard CreateBoard()
    {
        BoardPlan plan = _domain.Plan.Board ?? throw new DiagnosticException(
            MachineDiagnostics.NoBoard,
            $"domain '{Name}' is of type '{_domain.Plan.Type}', which needs a board, and has none");
        return plan.Factory.Create(new BoardContext(_domain), plan.Options);
    }

    /// <inheritdoc/>
    public IReadOnlyList<IBackendBinding> SplitDevices { get; }

    /// <inheritdoc/>
    public ILog CreateLog(string part) => _domain.CreateLog(part);

    /// <inheritdoc/>
    public TService GetService<TService>(ServiceReference<TService> reference)
        where TService : class => _domain.GetService(reference);

    /// <inheritdoc/>
    public void Post(Action action) => _domain.Events.Post(action);

    /// <inheritdoc/>
    public void Crash(string reason) => _domain.Crash(reason);
}
