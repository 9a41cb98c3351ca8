using Dominion.Diagnostics;
using Dominion.Domains;
using Dominion.Host.Composition;
using Dominion.Host.Diagnostics;
using Dominion.Host.Machine.Domains;
using Dominion.Host.Machine.Memory;
using Dominion.Host.Machine.Saving;
using Dominion.Host.Machine.Scheduling;
using Dominion.Memory;
using Dominion.Persistence;
using Microsoft.Extensions.Logging;

namespace Dominion.Host.Machine;

/// <summary>A machine made from a plan: its memory, services, domains and the threads that run them.</summary>
public sealed class MachineRuntime : IDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);
    private readonly ILogger _log;
    private readonly MachineMemory _memory;
    private readonly IScheduler _scheduler;
    private readonly DomainEvents _events;
    private readonly Dictionary<string, object> _services = [];
    private readonly List<(string Name, object Service)> _serviceOrder = [];
    private readonly List<DomainRuntime> _domains = [];
    private readonly MachineSource? _source;

    // Held while the machine stands still for somebody, and while it is taken down. Taken before every other.
    private readonly Lock _standing = new();
    private readonly MachineWideObjects _machineWide = new();
    private bool _started;
    private bool _disposed;

    private MachineRuntime(MachinePlan plan, MachineOptions options)
    {
        _log = options.Loggers.CreateLogger("machine");
        _source = plan.Source;
        _memory = MachineMemory.Create((plan.MemoryBytes + FrameRange.FrameSize - 1) / FrameRange.FrameSize * FrameRange.FrameSize);
        _scheduler = plan.Clock == ClockKind.Virtual
            ? new VirtualScheduler((options.VirtualEpoch - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick, options.VirtualQuantum)
            : new HostScheduler();
        // Services have a lock of their own for their timers: device locks belong to domains.
        _events = new DomainEvents(_scheduler.Time, new Lock(), OnServiceFault);
        _scheduler.Add("services", _events, [], (_, _) => { });
    }

    /// <summary>The domains, in the plan's order.</summary>
    public IReadOnlyList<DomainRuntime> Domains => _domains;

    /// <summary>Whether the machine writes files of the host that a saved machine only refers to, such as a disk image in place: what is saved is good only while the machine does not go on.</summary>
    public bool WritesExternalState => _serviceOrder.Exists(service => service.Service is IExternalState { IsWritten: true });

    private MachineParts Parts => new(_scheduler, _events.Clock, _serviceOrder, _domains);

    /// <summary>Makes a machine. Nothing runs yet.</summary>
    /// <param name="plan">What to make.</param>
    /// <param name="options">What it needs besides.</param>
    /// <param name="diagnostics">Takes every reason to refuse.</param>
    /// <returns>The machine, or null when it is refused; then nothing of it is left.</returns>
    public static MachineRuntime? Create(MachinePlan plan, MachineOptions options, IDiagnosticSink diagnostics) => Create(plan, options, diagnostics, null);

    /// <summary>Makes a machine from a saved one. It goes on where it was when it is started.</summary>
    /// <param name="saved">The saved machine.</param>
    /// <param name="plan">What <see cref="SavedMachine.Compose"/> made of it.</param>
    /// <param name="options">What the machine needs besides.</param>
    /// <param name="diagnostics">Takes every reason to refuse.</param>
    /// <returns>The machine, or null when it is refused; then nothing of it is left.</returns>
    public static MachineRuntime? Restore(SavedMachine saved, MachinePlan plan, MachineOptions options, IDiagnosticSink diagnostics) => Create(plan, options, diagnostics, saved);

    private static MachineRuntime? Create(MachinePlan plan, MachineOptions options, IDiagnosticSink diagnostics, SavedMachine? saved)
    {
        MachineRuntime? machine = null;
        try
        {
            machine = new MachineRuntime(plan, options);
            // The services' problems are told all at once, then the domains': without its service a domain has no other problem of its own.
            if (machine.CreateServices(plan, options, diagnostics, saved is not null)
                && machine.CreateDomains(plan, options, diagnostics)
                && (saved is null || MachineSaver.Restore(saved, machine.Parts, diagnostics)))
            {
                return machine;
            }
        }
        catch (DiagnosticException refused)
        {
            diagnostics.Report(refused.Diagnostic);
        }
        machine?.Dispose();
        return null;
    }

    /// <summary>Lets every domain run.</summary>
    public void Start()
    {
        using Lock.Scope standing = _standing.EnterScope();
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_started)
            throw new InvalidOperationException("the machine has been started");
        _started = true;
        _events.Clock.Release();
        foreach (DomainRuntime domain in _domains)
            domain.Start();
        _scheduler.Start();
    }

    /// <summary>Writes the whole machine into a file. It stands still meanwhile and does not notice.</summary>
    /// <param name="path">The file; replaced when all is written, and left alone when anything fails.</param>
    /// <param name="stop">Whether the machine ends with that, as it must when <see cref="WritesExternalState"/>: null for just then.</param>
    /// <returns>Whether the machine has ended.</returns>
    /// <exception cref="DiagnosticException">It cannot be saved; it goes on.</exception>
    public Task<bool> SaveAsync(string path, bool? stop = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (_source is null)
            throw SavingDiagnostics.NoManifest();
        bool ends = stop ?? WritesExternalState;
        return Task.Run(() =>
        {
            Stopped(() =>
            {
                if (_domains.TrueForAll(domain => domain.HasEnded))
                    throw SavingDiagnostics.Ended();
                MachineSaver.Save(path, _source, Parts);
                if (ends)
                    _domains.ForEach(domain => domain.EndSaved($"saved to {path}"));
            });
            return ends;
        });
    }

    /// <summary>Hashes a domain's memory: the SHA-256 of every frame that it owns, in ascending order. The machine stands still meanwhile.</summary>
    /// <param name="domain">A domain of this machine, running or ended.</param>
    /// <returns>32 bytes.</returns>
    public Task<byte[]> HashMemoryAsync(DomainRuntime domain)
    {
        ArgumentNullException.ThrowIfNull(domain);
        return Task.Run(() =>
        {
            byte[] hash = [];
            Stopped(() => hash = domain.HashMemory());
            return hash;
        });
    }

    /// <summary>Waits until every domain has ended.</summary>
    /// <param name="cancellation">Ends the wait; the machine goes on.</param>
    /// <returns>0 when every domain powered itself off or was destroyed, 1 when one crashed.</returns>
    public async Task<int> WaitAsync(CancellationToken cancellation = default)
    {
        await Task.WhenAll(_domains.Select(domain => domain.Ended)).WaitAsync(cancellation).ConfigureAwait(false);
        return _domains.Any(domain => domain.State == DomainState.Crashed) ? 1 : 0;
    }

    /// <summary>Destroys the domains that still run and takes the machine down.</summary>
    public void Dispose()
    {
        using (_standing.EnterScope())
        {
            if (_disposed)
                return;
            _disposed = true;
        }
        if (_started)
        {
            foreach (DomainRuntime domain in _domains)
                _ = domain.DestroyAsync();
            _events.Request(_events.Close);
            if (!_scheduler.Join(StopLimit))
            {
                // Something still runs inside the machine's memory, which therefore stays mapped.
                _log.LogError("the machine does not stop within {Seconds} s; its memory is not given back", StopLimit.TotalSeconds);
                return;
            }
        }

        for (int i = _domains.Count - 1; i >= 0; i--)
            TakeDown(_domains[i].Name, _domains[i].Dispose);
        TakeDown("a plugin's part of the machine", _machineWide.Dispose);
        for (int i = _serviceOrder.Count - 1; i >= 0; i--)
        {
            if (_serviceOrder[i].Service is IDisposable service)
                TakeDown("a service", service.Dispose);
        }
        _scheduler.Dispose();
        _memory.Dispose();
    }

    /// <summary>Runs an action while the machine stands still and its time does not pass.</summary>
    private void Stopped(Action action)
    {
        using Lock.Scope standing = _standing.EnterScope();
        if (_disposed)
            throw SavingDiagnostics.Ended();
        if (!_started)
        {
            action();
            return;
        }
        _scheduler.RunAlone(() =>
        {
            DomainRuntime[] held = [.. _domains.Where(domain => domain.HoldTime())];
            _events.Clock.Hold();
            try
            {
                action();
            }
            finally
            {
                _events.Clock.Release();
                foreach (DomainRuntime domain in held.Where(domain => !domain.HasEnded))
                    domain.Events.Clock.Release();
            }
        });
    }

    private bool CreateServices(MachinePlan plan, MachineOptions options, IDiagnosticSink diagnostics, bool isRestored)
    {
        bool all = true;
        foreach (ServicePlan service in plan.Services)
        {
            try
            {
                LoggerLog log = new(options.Loggers.CreateLogger($"services/{service.Name}"));
                object made = service.Factory.Create(new ServiceContext(service.Name, log, _events.Clock, isRestored), service.Options);
                _services.Add(service.Name, made);
                _serviceOrder.Add((service.Name, made));
            }
            catch (DiagnosticException refused)
            {
                all = false;
                diagnostics.Report(At(service.Location, refused.Diagnostic));
            }
            catch (Exception defect)
            {
                // A plugin's defect refuses the machine, with what is known of it.
                all = false;
                _log.LogDebug(defect, "service '{Service}'", service.Name);
                diagnostics.Report(new Diagnostic(MachineDiagnostics.ServiceFailed, DiagnosticSeverity.Error, $"service '{service.Name}' could not be made: {defect.GetType().Name}: {defect.Message}", service.Location));
            }
        }
        return all;
    }

    private bool CreateDomains(MachinePlan plan, MachineOptions options, IDiagnosticSink diagnostics)
    {
        bool all = true;
        foreach (DomainPlan domain in plan.Domains)
        {
            DomainRuntime runtime = new(domain, _memory, _machineWide, _scheduler.Time, _services, options.CreateConsole(domain), options.Loggers);
            _domains.Add(runtime);
            try
            {
                runtime.Create(_scheduler);
            }
            catch (DiagnosticException refused)
            {
                all = false;
                diagnostics.Report(At(domain.Location, refused.Diagnostic));
            }
        }
        return all;
    }

    // A plugin that makes a thing does not know where the manifest asks for it.
    private static Diagnostic At(SourceLocation? location, Diagnostic diagnostic) => diagnostic with { Location = diagnostic.Location ?? location };

    private void OnServiceFault(Exception fault)
    {
        // A service's own timer has no domain of its own: whoever uses the service cannot rely on it.
        foreach (DomainRuntime domain in _domains)
            domain.Crash($"a service failed: {fault}");
    }

    private void TakeDown(string name, Action dispose)
    {
        try
        {
            dispose();
        }
        catch (Exception defect)
        {
            // The rest is taken down all the same.
            _log.LogError(defect, "{Name} could not be taken down", name);
        }
    }
}
