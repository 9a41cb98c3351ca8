using Dominion.Diagnostics;
using Dominion.Domains;
using Dominion.Host.Composition;
using Dominion.Host.Diagnostics;
using Dominion.Host.Machine.Domains;
using Dominion.Host.Machine.Memory;
using Dominion.Host.Machine.Scheduling;
using Dominion.Memory;
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
    private readonly List<object> _serviceOrder = [];
    private readonly List<DomainRuntime> _domains = [];
    private readonly MachineWideObjects _machineWide = new();
    private bool _started;
    private bool _disposed;

    private MachineRuntime(MachinePlan plan, MachineOptions options)
    {
        _log = options.Loggers.CreateLogger("machine");
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

    /// <summary>Makes a machine. Nothing runs yet.</summary>
    /// <param name="plan">What to make.</param>
    /// <param name="options">What it needs besides.</param>
    /// <param name="diagnostics">Takes every reason to refuse.</param>
    /// <returns>The machine, or null when it is refused; then nothing of it is left.</returns>
    public static MachineRuntime? Create(MachinePlan plan, MachineOptions options, IDiagnosticSink diagnostics)
    {
        MachineRuntime? machine = null;
        try
        {
            machine = new MachineRuntime(plan, options);
            // The services' problems are told all at once, then the domains': without its service a domain has no other problem of its own.
            if (machine.CreateServices(plan, options, diagnostics) && machine.CreateDomains(plan, options, diagnostics))
                return machine;
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
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_started)
            throw new InvalidOperationException("the machine has been started");
        _started = true;
        _events.Clock.Release();
        foreach (DomainRuntime domain in _domains)
            domain.Start();
        _scheduler.Start();
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
        if (_disposed)
            return;
        _disposed = true;
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
            if (_serviceOrder[i] is IDisposable service)
                TakeDown("a service", service.Dispose);
        }
        _scheduler.Dispose();
        _memory.Dispose();
    }

    private bool CreateServices(MachinePlan plan, MachineOptions options, IDiagnosticSink diagnostics)
    {
        bool all = true;
        foreach (ServicePlan service in plan.Services)
        {
            try
            {
                LoggerLog log = new(options.Loggers.CreateLogger($"services/{service.Name}"));
                object made = service.Factory.Create(new ServiceContext(service.Name, log, _events.Clock), service.Options);
                _services.Add(service.Name, made);
                _serviceOrder.Add(made);
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
