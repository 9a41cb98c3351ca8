using Dominion.Cpu.X86;
using Dominion.Diagnostics;
using Dominion.Domains;
using Dominion.Memory;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.Building;
using Dominion.Paravirt.Xen.Consoles;
using Dominion.Paravirt.Xen.Emulation;
using Dominion.Paravirt.Xen.EventChannels;
using Dominion.Paravirt.Xen.GrantTables;
using Dominion.Paravirt.Xen.Memory;
using Dominion.Paravirt.Xen.Paging;
using Dominion.Paravirt.Xen.Time;
using Dominion.Paravirt.Xen.XenBus;
using Dominion.Paravirt.Xen.XenStore;
using Dominion.Persistence;

namespace Dominion.Paravirt.Xen.Domains;

/// <summary>A domain whose kernel knows the ABI. This file has its life; the others its memory and its event channels.</summary>
internal sealed unsafe partial class PvDomain : IDomain, IUpcallTarget, IFlushTarget, IPageTableWriter
{
    private readonly PvBoot _boot;
    private readonly List<PvVcpu> _vcpus = [];
    private readonly ConsoleBackend _console;
    private readonly List<uint> _controlPorts = [];
    private readonly SplitDevices _devices;
    private int _hasShutDown;

    /// <summary>Puts the domain together; <see cref="Reset"/> builds it.</summary>
    /// <param name="context">What the machine gives.</param>
    /// <param name="hypervisor">The machine's VMM.</param>
    /// <param name="boot">What it boots.</param>
    /// <exception cref="DiagnosticException">The machine has too little memory, or its cores are not x86.</exception>
    public PvDomain(IDomainContext context, Hypervisor hypervisor, PvBoot boot)
    {
        Context = context;
        Hypervisor = hypervisor;
        _boot = boot;
        Id = Hypervisor.IdOf(context);
        VcpuCount = context.VcpuCount;
        Windows = new DescriptorWindows(hypervisor.Frames, VcpuCount, hypervisor.ReservedDescriptors);
        var reserved = new ReservedSlots();
        reserved.Set(ReservedSlots.MachineToPhysicalSlot, hypervisor.MachineToPhysical.Slot);
        reserved.Set(ReservedSlots.DomainSlot, Windows.Slot);
        Types = new PageTypes(hypervisor.Frames, context.Id, this, reserved);
        Updates = new PageTableUpdates(hypervisor.Frames, Types);
        Tables = new GuestTables(hypervisor.Frames, Types);
        Space = new PvAddressSpace(hypervisor.Frames, context.Id, this);
        Check = new FrameCheck(hypervisor.Frames, context.Id);
        Channels = new EventChannelTable(Id, hypervisor.EventLock, this);
        Watchdogs = new Watchdogs(context.Clock, () => Shutdown(null, (uint)ShutdownReason.Watchdog));
        _console = new ConsoleBackend(context.Console, context.Post);
        AllocateMemory();
        for (int i = 0; i < VcpuCount; i++)
            _vcpus.Add(new PvVcpu(this, CreateCore(context, i)));
        hypervisor.Add(Id, Channels);
        _devices = CreateDevices();
    }

    /// <summary>What the machine gives.</summary>
    public IDomainContext Context { get; }

    /// <summary>The machine's VMM.</summary>
    public Hypervisor Hypervisor { get; }

    /// <summary>The domain's id in the ABI.</summary>
    public ushort Id { get; }

    /// <summary>The structures as this guest sees them.</summary>
    public AbiLayout Layout { get; } = AbiLayout.Bits64;

    /// <inheritdoc cref="IUpcallTarget.VcpuCount"/>
    public int VcpuCount { get; }

    /// <summary>The vCPUs.</summary>
    public IReadOnlyList<PvVcpu> Pv => _vcpus;

    /// <inheritdoc/>
    public IReadOnlyList<IVcpu> Vcpus => _vcpus;

    /// <summary>CPUID as the guest gets it.</summary>
    public GuestCpuid Cpuid { get; } = new();

    /// <summary>The assists that the guest has asked for, a bit each (VMASST_TYPE_*).</summary>
    public ulong Assists;

    /// <summary>The domain's watchdogs.</summary>
    public Watchdogs Watchdogs { get; }

    /// <summary>The system time in nanoseconds: the machine's clock.</summary>
    public long SystemTime => Context.Clock.Now;

    /// <summary>Whether the guest has shut down or crashed, so that nothing of it runs any more.</summary>
    public bool HasShutDown => Volatile.Read(ref _hasShutDown) != 0;

    /// <summary>Converts a system time to the machine's clock.</summary>
    public long ToClock(long systemTime) => systemTime;

    /// <inheritdoc/>
    public void Reset()
    {
        Watchdogs.Stop();
        Disconnect();
        Assists = 0;
        ResetMemory();
        foreach (PvVcpu vcpu in _vcpus)
            vcpu.Reset();
        Volatile.Write(ref _hasShutDown, 0);
        BuiltDomain built = DomainBuilder.Build(this, _boot);
        Connect(built);
        WriteWallClock();
        foreach (PvVcpu vcpu in _vcpus)
            vcpu.UpdateTime();
        _vcpus[0].Start(built.Root, built.Entry, built.Stack, built.StartInfo);
        _vcpus[0].Timers.SetPeriodic(FirstTick);
    }

    /// <summary>Asks the guest to shut down by its control node, as a toolstack does.</summary>
    public void RequestShutdown() => Hypervisor.Store.Write($"/local/domain/{Id}/control/shutdown", "poweroff");

    /// <summary>SCHEDOP_shutdown, and what a watchdog does.</summary>
    /// <param name="vcpu">Who asks, or null.</param>
    /// <param name="reason">SHUTDOWN_*.</param>
    public XenError Shutdown(PvVcpu? vcpu, uint reason)
    {
        switch ((ShutdownReason)reason)
        {
            case ShutdownReason.PowerOff:
                End();
                Context.Control.PowerOff("the guest");
                break;
            case ShutdownReason.Reboot:
                End();
                Context.Control.Reset("the guest");
                break;
            case ShutdownReason.Crash:
                End();
                Context.Crash("the guest's kernel has crashed");
                break;
            case ShutdownReason.Watchdog:
                End();
                Context.Crash("a watchdog that the guest had set has expired");
                break;
            case ShutdownReason.Suspend or ShutdownReason.SoftReset:
                return XenError.NotSupported;
            default:
                return XenError.Invalid;
        }

        vcpu?.Leave(VcpuStatus.Idle);
        return XenError.Success;
    }

    /// <summary>Ends the domain because the guest did what no guest may do.</summary>
    /// <param name="vcpu">Who did it.</param>
    /// <param name="reason">What, for a person.</param>
    public void CrashGuest(PvVcpu vcpu, string reason)
    {
        if (HasShutDown)
            return;
        End();
        vcpu.Leave(VcpuStatus.Idle);
        Context.Crash($"vCPU {vcpu.Index}: {reason}\n{vcpu.Core.DescribeState()}");
    }

    /// <summary>Writes to the emergency console.</summary>
    public void WriteEmergencyConsole(ReadOnlySpan<byte> bytes) => _console.WriteRaw(bytes);

    /// <inheritdoc/>
    public void Save(StateWriter writer) => throw NotPersistent();

    /// <inheritdoc/>
    public void Restore(StateReader reader) => throw NotPersistent();

    /// <inheritdoc/>
    public void Dispose()
    {
        Disconnect();
        _devices.Dispose();
        Hypervisor.Remove(Id);
        Watchdogs.Dispose();
        foreach (PvVcpu vcpu in _vcpus)
            vcpu.Dispose();
        _console.Dispose();
        FreeMemory();
        Windows.Free();
    }

    private static DiagnosticException NotPersistent() =>
        new(XenDiagnostics.NotPersistent, "a paravirtual domain cannot be saved in this build");

    private IX86Core CreateCore(IDomainContext context, int index)
    {
        Cpu.ICpuCore core = context.CreateCore(index, Space);
        if (core is IX86Core x86)
            return x86;
        string architecture = core.Architecture;
        core.Dispose();
        throw new DiagnosticException(XenDiagnostics.NotX86, $"domain '{context.Name}' is of type 'pv', which needs x86 cores; these are {architecture}");
    }

    /// <summary>Serves XenStore's ring; a guest that refills it for ever waits its turn.</summary>
    private void Serve(XenStoreRingConnection store)
    {
        if (store.OnEvent())
            Context.Post(() => Serve(store));
    }

    /// <summary>Takes the domain's rings from their backends, and its nodes and channels away.</summary>
    private void Disconnect()
    {
        _devices.Vanish();
        _console.Disconnect();
        Hypervisor.StoreService.Destroy(Id);
        Hypervisor.Store.Remove(ControlNodes.Path(Id));
        Hypervisor.Store.Remove($"/vm/{Id}");
        Channels.CloseAll();
        foreach (uint port in _controlPorts)
            Hypervisor.ControlChannels.Close(port);
        _controlPorts.Clear();
    }

    /// <summary>From here on nothing of the guest runs.</summary>
    private void End()
    {
        Volatile.Write(ref _hasShutDown, 1);
        foreach (PvVcpu vcpu in _vcpus)
        {
            vcpu.Timers.Stop();
            vcpu.Kick();
        }
    }

    /// <summary>Connects the rings that the builder has made to their backends.</summary>
    private void Connect(BuiltDomain built)
    {
        _console.Connect(Hypervisor.Frames.Page(built.ConsoleFrame), () => Hypervisor.ControlChannels.Send(built.ConsoleBackendPort));
        built.ConsoleConsumer.Handler = _console.OnEvent;
        XenStoreRingConnection store = Hypervisor.StoreService.Introduce(Id, Hypervisor.Frames.Page(built.StoreFrame), () => Hypervisor.ControlChannels.Send(built.StoreBackendPort));
        built.StoreConsumer.Handler = () => Serve(store);
        _controlPorts.Add(built.ConsoleBackendPort);
        _controlPorts.Add(built.StoreBackendPort);
        ControlNodes.Write(Hypervisor.Store, this, built);
        _devices.Appear();
    }
}
