using System.Runtime.InteropServices;
using Dominion.Cli.Consoles;
using Dominion.Cli.Logging;
using Dominion.Cli.Platform;
using Dominion.Diagnostics;
using Dominion.Domains;
using Dominion.Host.Composition;
using Dominion.Host.Control;
using Dominion.Host.Machine;
using Dominion.Host.Machine.Consoles;
using Dominion.Host.Machine.Domains;
using Dominion.Host.Machine.Saving;

namespace Dominion.Cli.Running;

/// <summary>One run of a machine: its consoles on this process's standard streams, and what ends it.</summary>
internal sealed class MachineSession : IDisposable
{
    private readonly ErrorWriter _errors;
    private readonly ErrorLoggerFactory _loggers;
    private readonly OutputPump _output;
    private readonly List<PrefixedConsole> _prefixed = [];
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly CancellationTokenSource _interrupted = new();
    private RawTerminal? _terminal;

    // Whether the machine is being taken down: that its domains are destroyed then is no news.
    private volatile bool _isEnding;

    /// <summary>Makes a session that catches the signals that end a process.</summary>
    /// <param name="errors">Takes progress and diagnostics.</param>
    /// <param name="loggers">Makes the machine's logs.</param>
    internal MachineSession(ErrorWriter errors, ErrorLoggerFactory loggers)
    {
        _errors = errors;
        _loggers = loggers;
        _output = new OutputPump(OnOutputBroken);
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT])
            _signals.Add(PosixSignalRegistration.Create(signal, OnSignal));
    }

    /// <summary>Runs a machine to its end.</summary>
    /// <param name="plan">What to run.</param>
    /// <param name="run">How.</param>
    /// <param name="saved">The saved machine that goes on, or null for a new one.</param>
    /// <returns>The exit code.</returns>
    internal async Task<int> RunAsync(MachinePlan plan, SessionOptions run, SavedMachine? saved = null)
    {
        if (run.Name is { } name && plan.Source is { } source)
            plan = plan with { Source = source with { Name = name, IsNamed = true } };
        using CancellationTokenSource timedOut = run.Timeout is { } limit ? new CancellationTokenSource(limit) : new CancellationTokenSource();
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(timedOut.Token, _interrupted.Token);
        bool isInteractive = RawTerminal.IsPossible;
        MachineOptions options = new() { Loggers = _loggers, CreateConsole = domain => CreateConsole(plan, domain, isInteractive) };
        // Beside the machine's making: neither waits for the other.
        Task<ControlServer> opening = Task.Run(() => ControlServer.Open(plan.Source!.Name, plan.Source.IsNamed, _loggers));
        ErrorSink sink = new(_errors);
        using MachineRuntime? machine = saved is null ? MachineRuntime.Create(plan, options, sink) : MachineRuntime.Restore(saved, plan, options, sink);
        (ControlServer? opened, bool isRefused) = await OpenControlAsync(opening).ConfigureAwait(false);
        using ControlServer? control = opened;
        if (machine is null || isRefused)
            return ExitCodes.Refused;

        foreach (DomainRuntime domain in machine.Domains)
            domain.StateChanged += OnStateChanged;
        Attach(machine, isInteractive);
        machine.Start();
        using MachineControl served = new(control?.Name ?? "", machine);
        control?.Serve(served);
        try
        {
            return await machine.WaitAsync(ended.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Before the machine is taken down: a domain may be waiting for whoever reads the output.
            _output.Hurry();
            if (!_interrupted.IsCancellationRequested)
                _errors.WriteLine($"the timeout of {run.Timeout?.TotalSeconds} s is over");
            if (run.SaveOnExit is not null && await TrySaveAsync(machine, run.SaveOnExit).ConfigureAwait(false))
                return ExitCodes.Ok;
            return _interrupted.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.TimedOut;
        }
        finally
        {
            if (run.Screenshot is not null)
                Screenshot.WriteFile(machine, run.Screenshot, _errors);
            if (run.Summary)
                await SummarizeAsync(machine).ConfigureAwait(false);
            _isEnding = true;
        }
    }

    /// <summary>A machine runs without a control socket where none can be had; a name that is taken refuses it.</summary>
    private async Task<(ControlServer? Control, bool IsRefused)> OpenControlAsync(Task<ControlServer> opening)
    {
        try
        {
            return (await opening.ConfigureAwait(false), false);
        }
        catch (DiagnosticException refused)
        {
            bool isName = refused.Diagnostic.Id is ControlServer.NameTaken or ControlServer.BadName;
            _errors.WriteLine((isName ? refused.Diagnostic : refused.Diagnostic with { Severity = DiagnosticSeverity.Warning }).ToString());
            return (null, isName);
        }
    }

    private async Task<bool> TrySaveAsync(MachineRuntime machine, string path)
    {
        try
        {
            return await machine.SaveAsync(path, stop: true).ConfigureAwait(false);
        }
        catch (DiagnosticException refused)
        {
            _errors.WriteLine(refused.Diagnostic.ToString());
            return false;
        }
    }

    private async Task SummarizeAsync(MachineRuntime machine)
    {
        foreach (DomainRuntime domain in machine.Domains)
        {
            string hash = Convert.ToHexStringLower(await machine.HashMemoryAsync(domain).ConfigureAwait(false));
            IReadOnlyList<long> counts = domain.InstructionsByVcpu;
            string parts = counts.Count > 1 ? $" ({string.Join(" + ", counts)})" : "";
            _errors.WriteLine($"{domain.Name}: instructions: {counts.Sum()}{parts}");
            _errors.WriteLine($"{domain.Name}: memory sha256: {hash}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PrefixedConsole console in _prefixed)
            console.Flush();
        _output.Dispose();
        _errors.IsRaw = false;
        _terminal?.Dispose();
        foreach (PosixSignalRegistration signal in _signals)
            signal.Dispose();
    }

    private IConsoleOutput CreateConsole(MachinePlan plan, DomainPlan domain, bool isInteractive)
    {
        // On a terminal the first domain has it for itself; what the others say comes in between, in lines.
        bool isPlain = plan.Domains.Count == 1 || (isInteractive && ReferenceEquals(domain, plan.Domains[0]));
        if (isPlain)
            return new PlainConsole(_output);
        PrefixedConsole console = new(_output, domain.Name, isInteractive);
        _prefixed.Add(console);
        return console;
    }

    private void Attach(MachineRuntime machine, bool isInteractive)
    {
        if (machine.Domains.Count == 0)
            return;
        DomainRuntime first = machine.Domains[0];
        if (isInteractive)
        {
            _errors.WriteLine($"the console of '{first.Name}'; Ctrl-] ends the machine");
            _terminal = RawTerminal.TryEnter();
            _errors.IsRaw = _terminal is not null;
        }
        InputPump.Start(first.Console.TypeAll, _terminal is null ? null : () => _ = _interrupted.CancelAsync());
    }

    private void OnStateChanged(DomainRuntime domain, DomainState state)
    {
        // A crash is in the log, as an error.
        if (state == DomainState.PoweredOff || (state == DomainState.Destroyed && !_isEnding))
            _errors.WriteLine($"{domain.Name}: {domain.Reason}");
    }

    private void OnSignal(PosixSignalContext signal)
    {
        // The second signal finds the machine still being taken down: then the process ends as the system does it.
        if (_interrupted.IsCancellationRequested)
        {
            _terminal?.Dispose();
            return;
        }
        signal.Cancel = true;
        _ = _interrupted.CancelAsync();
    }

    private void OnOutputBroken(IOException broken)
    {
        _errors.WriteLine($"standard output: {broken.Message}");
        _ = _interrupted.CancelAsync();
    }
}
