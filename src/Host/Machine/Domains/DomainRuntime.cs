using Dominion.Devices;
using Dominion.Diagnostics;
using Dominion.Domains;
using Dominion.Host.Composition;
using Dominion.Host.Diagnostics;
using Dominion.Host.Machine.Buses;
using Dominion.Host.Machine.Consoles;
using Dominion.Host.Machine.Memory;
using Dominion.Host.Machine.Scheduling;
using Dominion.Host.Machine.Time;
using Dominion.Memory;
using Dominion.Persistence;
using Dominion.Plugins;
using Dominion.Services;
using Microsoft.Extensions.Logging;

namespace Dominion.Host.Machine.Domains;

/// <summary>A domain of a running machine and its life. Every change of state happens on the thread that runs the domain's events, one after the other; the members ask for it.</summary>
public sealed class DomainRuntime
{
    private readonly ILoggerFactory _loggers;
    private readonly ILog _log;
    private readonly IReadOnlyDictionary<string, object> _services;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IDomain? _domain;
    private IVcpuGroup? _vcpus;
    private volatile string? _reason;
    private int _state = (int)DomainState.Created;

    // What a restored domain starts in.
    private DomainState _startState = DomainState.Running;
    private string _startReason = "started";

    internal DomainRuntime(DomainPlan plan, MachineMemory memory, MachineWideObjects machineWide, ITimeSource time, IReadOnlyDictionary<string, object> services, IConsoleOutput console, ILoggerFactory loggers)
    {
        Plan = plan;
        HasVirtualTime = time is VirtualTimeSource;
        MachineMemory = memory;
        MachineWide = machineWide;
        _services = services;
        _loggers = loggers;
        _log = CreateLog(null);
        Lock deviceLock = new();
        Events = new DomainEvents(time, deviceLock, fault => Crash($"a device or service failed: {fault}"));
        Ports = new PortSpace(deviceLock);
        MemorySpace = new MemorySpace(memory, plan.Id, deviceLock);
        Console = new ConsoleStream(console);
        Control = new DomainControl(this);
    }

    /// <summary>Raised at every change of <see cref="State"/>, on the thread that runs the domain's events. A handler neither blocks nor throws.</summary>
    public event Action<DomainRuntime, DomainState>? StateChanged;

    /// <summary>The domain's name.</summary>
    public string Name => Plan.Name;

    /// <summary>The domain's id.</summary>
    public int Id => Plan.Id;

    /// <summary>Where the domain is in its life.</summary>
    public DomainState State => (DomainState)Volatile.Read(ref _state);

    /// <summary>Why the domain came into its state, or null at first.</summary>
    public string? Reason => _reason;

    /// <summary>Whether the domain has ended, one way or another.</summary>
    public bool HasEnded => State is DomainState.PoweredOff or DomainState.Crashed or DomainState.Destroyed;

    /// <summary>Done when the domain has ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>The domain's console.</summary>
    public ConsoleStream Console { get; }

    /// <summary>The domain's RAM.</summary>
    public IGuestMemory Memory => MemorySpace;

    internal DomainPlan Plan { get; }

    /// <summary>Whether time counts instructions, so that two runs are equal.</summary>
    internal bool HasVirtualTime { get; }

    internal MachineMemory MachineMemory { get; }

    internal MachineWideObjects MachineWide { get; }

    internal DomainEvents Events { get; }

    internal PortSpace Ports { get; }

    internal MemorySpace MemorySpace { get; }

    internal IDomainControl Control { get; }

    /// <summary>The domain's RAM in bytes.</summary>
    public ulong MemoryBytes => Plan.MemoryBytes;

    /// <summary>How many vCPUs the domain has.</summary>
    public int VcpuCount => Plan.VcpuCount;

    /// <summary>Instructions that each of the domain's vCPUs has retired, in order of index; live while they run.</summary>
    public IReadOnlyList<long> InstructionsByVcpu => [.. _domain?.Vcpus.Select(vcpu => vcpu.InstructionsRetired) ?? []];

    /// <summary>Instructions that the domain's vCPUs have retired; live while they run.</summary>
    public long InstructionsRetired => _domain?.Vcpus.Sum(vcpu => vcpu.InstructionsRetired) ?? 0;

    /// <summary>Asks the guest to shut down, as a power button does.</summary>
    public void RequestShutdown() => _domain?.RequestShutdown();

    /// <summary>Holds the vCPUs and the domain's time.</summary>
    /// <returns>False when the domain does not run.</returns>
    public Task<bool> PauseAsync() => AskAsync(() =>
    {
        if (State != DomainState.Running)
            return false;
        HoldAll();
        Become(DomainState.Paused, "paused");
        return true;
    });

    /// <summary>Lets a paused domain go on.</summary>
    /// <returns>False when the domain is not paused.</returns>
    public Task<bool> UnpauseAsync() => AskAsync(() =>
    {
        if (State != DomainState.Paused)
            return false;
        Become(DomainState.Running, "unpaused");
        ReleaseAll();
        return true;
    });

    /// <summary>Resets the domain, as a reset button does. A paused domain stays paused.</summary>
    /// <returns>False when the domain neither runs nor is paused.</returns>
    public Task<bool> ResetAsync() => AskAsync(() => Reset("reset"));

    /// <summary>Ends the domain at once, without asking the guest.</summary>
    /// <returns>False when the domain has ended already.</returns>
    public Task<bool> DestroyAsync() => AskAsync(() => End(DomainState.Destroyed, "destroyed"));

    /// <summary>Writes the state of the domain, its time and its console. Only while it is paused.</summary>
    /// <param name="writer">Where to.</param>
    /// <returns>False when the domain is not paused.</returns>
    public Task<bool> SaveAsync(StateWriter writer) => AskAsync(() =>
    {
        if (State != DomainState.Paused)
            return false;
        SaveRunning(writer);
        return true;
    });

    /// <summary>Replaces the state of the domain with what <see cref="SaveAsync"/> wrote. Only while it is paused.</summary>
    /// <param name="reader">Where from.</param>
    /// <returns>False when the domain is not paused.</returns>
    /// <exception cref="InvalidDataException">The data is damaged; the domain has crashed.</exception>
    public Task<bool> RestoreAsync(StateReader reader) => AskAsync(() =>
    {
        if (State != DomainState.Paused)
            return false;
        try
        {
            RestoreRunning(reader);
        }
        catch (InvalidDataException damaged)
        {
            // Half of the state may be in place: the domain must not run with it.
            End(DomainState.Crashed, $"could not be restored: {damaged.Message}");
            throw;
        }
        return true;
    });

    /// <summary>Takes a picture of the domain's display, while it runs or when it has ended. Safe from any thread.</summary>
    /// <returns>The picture, or null when the domain has no display.</returns>
    public Picture? CaptureDisplay()
    {
        using (Events.DeviceLock.EnterScope())
        {
            if (_domain is not IDisplaySource { Display: { } display })
                return null;
            uint[] pixels = new uint[display.Width * display.Height];
            display.ReadPixels(pixels);
            return new Picture(display.Width, display.Height, pixels);
        }
    }

    /// <summary>Makes the domain; nothing runs yet.</summary>
    /// <param name="scheduler">Who will run it.</param>
    /// <exception cref="DiagnosticException">The plan cannot be met.</exception>
    internal void Create(IScheduler scheduler)
    {
        try
        {
            _domain = Plan.Factory.Create(new DomainContext(this), Plan.Options);
            using (Events.DeviceLock.EnterScope())
                _domain.Reset();
            _vcpus = scheduler.Add(Name, Events, _domain.Vcpus, OnDeadVcpu);
        }
        catch (Exception defect) when (defect is not DiagnosticException)
        {
            _log.Write(LogSeverity.Debug, defect.ToString());
            throw new DiagnosticException(MachineDiagnostics.DomainFailed, $"domain '{Name}' could not be made: {defect.GetType().Name}: {defect.Message}");
        }
    }

    /// <summary>Lets the domain run as soon as the scheduler starts; a restored one goes on in the state that it was saved in.</summary>
    internal void Start()
    {
        switch (_startState)
        {
            case DomainState.Running:
                Become(DomainState.Running, _startReason);
                Events.Clock.Release();
                break;
            case DomainState.Paused:
                _vcpus!.Hold();
                Become(DomainState.Paused, _startReason);
                break;
            default:
                End(_startState, _startReason);
                break;
        }
    }

    /// <summary>Holds the domain's time, if it passes.</summary>
    /// <returns>Whether it did.</returns>
    internal bool HoldTime()
    {
        if (State != DomainState.Running)
            return false;
        Events.Clock.Hold();
        return true;
    }

    /// <summary>Writes the whole domain. While nothing of the machine runs and its time is held.</summary>
    /// <param name="writer">Where to.</param>
    internal void SaveWhole(StateWriter writer)
    {
        writer.BeginSection("domain", 1);
        writer.Write(Name);
        DomainState state = State == DomainState.Created ? _startState : State;
        writer.Write((byte)state);
        // A running domain will run for another reason.
        writer.Write(state == DomainState.Running ? "" : Reason ?? _startReason);
        if (!HasEnded)
            SaveRunning(writer);
    }

    /// <summary>Takes what <see cref="SaveWhole"/> wrote. Between <see cref="Create"/> and <see cref="Start"/>.</summary>
    /// <param name="reader">Where from.</param>
    /// <exception cref="InvalidDataException">It does not fit the domain.</exception>
    internal void RestoreWhole(StateReader reader)
    {
        reader.BeginSection("domain", 1);
        string name = reader.ReadString();
        if (name != Name)
            throw new InvalidDataException($"the state is of domain '{name}'");
        DomainState state = (DomainState)reader.ReadByte();
        if (state == DomainState.Created || !Enum.IsDefined(state))
            throw new InvalidDataException($"{(int)state} is no state of a saved domain");
        string reason = reader.ReadString();
        (_startState, _startReason) = (state, state == DomainState.Running ? "restored" : reason);
        if (state is DomainState.Running or DomainState.Paused)
            RestoreRunning(reader);
    }

    /// <summary>Ends the domain because it goes on elsewhere. While nothing of the machine runs.</summary>
    /// <param name="reason">Why.</param>
    internal void EndSaved(string reason) => End(DomainState.Destroyed, reason);

    /// <summary>The SHA-256 of every frame that the domain owns, in ascending order: its RAM, and its board's ROMs. While nothing of it runs.</summary>
    /// <returns>32 bytes.</returns>
    internal byte[] HashMemory() => MachineMemory.Hash(Id);

    internal void Crash(string reason) => RequestEnd(DomainState.Crashed, reason);

    internal void RequestEnd(DomainState state, string reason) => Ask(() => End(state, reason));

    internal void RequestReset(string reason) => Ask(() => Reset(reason));

    internal ILog CreateLog(string? part) => new LoggerLog(_loggers.CreateLogger(part is null ? Name : $"{Name}/{part}"));

    internal TService GetService<TService>(ServiceReference<TService> reference)
        where TService : class
    {
        object? service = reference.Name == "console" ? Console : _services.GetValueOrDefault(reference.Name);
        return service as TService ?? throw new DiagnosticException(
            MachineDiagnostics.NoService,
            service is null ? $"domain '{Name}' asks for service '{reference.Name}', which is not there" : $"service '{reference.Name}' of domain '{Name}' is no {typeof(TService).Name}");
    }

    /// <summary>Takes the domain down. Nothing of it runs any more.</summary>
    internal void Dispose()
    {
        Events.Close();
        _domain?.Dispose();
        Console.Close();
        MachineMemory.FreeAll(Id);
    }

    private void SaveRunning(StateWriter writer)
    {
        using (Events.DeviceLock.EnterScope())
        {
            writer.BeginSection("domain-runtime", 2);
            Events.Clock.Save(writer);
            Console.Save(writer);
            _domain!.Save(writer);
        }
    }

    private void RestoreRunning(StateReader reader)
    {
        using (Events.DeviceLock.EnterScope())
        {
            if (reader.BeginSection("domain-runtime", 2) != 2)
                throw new InvalidDataException("the state is of a version that kept no timers");
            int[] timers = Events.Clock.Restore(reader);
            Console.Restore(reader);
            _domain!.Restore(reader);
            if (!Events.Clock.Order(timers))
                _log.Write(LogSeverity.Warning, "other timers run than did when the domain was saved");
        }
    }

    private void OnDeadVcpu(int index, Exception? defect) =>
        Crash(defect is null ? $"vCPU {index} cannot go on" : $"vCPU {index} failed: {defect}");

    /// <summary>Stops the vCPUs soon and has an action run by the domain's event thread. Safe from any thread.</summary>
    private void Ask(Action action)
    {
        IVcpuGroup? vcpus = _vcpus;
        vcpus?.Hold();
        Events.Request(() =>
        {
            action();
            vcpus?.Release();
        });
    }

    private Task<bool> AskAsync(Func<bool> action)
    {
        TaskCompletionSource<bool> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool asked = Events.Request(() =>
        {
            try
            {
                done.SetResult(action());
            }
            catch (Exception failed)
            {
                // The caller awaits the exception.
                done.SetException(failed);
            }
        });
        if (!asked)
            done.SetResult(false);
        return done.Task;
    }

    private bool Reset(string reason)
    {
        DomainState before = State;
        if (before is not (DomainState.Running or DomainState.Paused))
            return false;
        _vcpus!.Hold();
        _vcpus.WaitUntilHeld();
        try
        {
            using (Events.DeviceLock.EnterScope())
                _domain!.Reset();
        }
        catch (Exception failed)
        {
            // A domain that is half reset must not run.
            return End(DomainState.Crashed, $"{reason}, which failed: {failed}");
        }
        Become(before, reason);
        _vcpus.Release();
        return true;
    }

    private bool End(DomainState state, string reason)
    {
        if (HasEnded)
            return false;
        HoldAll();
        _vcpus?.Retire();
        Console.Close();
        Become(state, reason);
        Events.Close();
        _ended.SetResult();
        return true;
    }

    private void HoldAll()
    {
        _vcpus?.Hold();
        _vcpus?.WaitUntilHeld();
        Events.Clock.Hold();
    }

    private void ReleaseAll()
    {
        Events.Clock.Release();
        _vcpus!.Release();
    }

    private void Become(DomainState state, string reason)
    {
        _reason = reason;
        Volatile.Write(ref _state, (int)state);
        _log.Write(state == DomainState.Crashed ? LogSeverity.Error : LogSeverity.Information, state == DomainState.Crashed ? $"crashed: {reason}" : reason);
        try
        {
            StateChanged?.Invoke(this, state);
        }
        catch (Exception defect)
        {
            // The embedding program's defect must not end the domain's event thread.
            _log.Write(LogSeverity.Error, $"a handler of StateChanged failed: {defect}");
        }
    }
}
