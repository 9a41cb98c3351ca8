using System.Runtime.InteropServices;
using Dominion.Cli.Consoles;
using Dominion.Cli.Logging;
using Dominion.Cli.Platform;
using Dominion.Domains;
using Dominion.Host.Composition;
using Dominion.Host.Machine;
using Dominion.Host.Machine.Consoles;
using Dominion.Host.Machine.Domains;

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
    /// <param name="timeout">The longest run, or null.</param>
    /// <param name="screenshot">The file for a picture of the display at the end, or null.</param>
    /// <returns>The exit code.</returns>
    internal async Task<int> RunAsync(MachinePlan plan, TimeSpan? timeout, string? screenshot)
    {
        using CancellationTokenSource timedOut = timeout is { } limit ? new CancellationTokenSource(limit) : new CancellationTokenSource();
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(timedOut.Token, _interrupted.Token);
        bool isInteractive = RawTerminal.IsPossible;
        MachineOptions options = new() { Loggers = _loggers, CreateConsole = domain => CreateConsole(plan, domain, isInteractive) };
        using MachineRuntime? machine = MachineRuntime.Create(plan, options, new ErrorSink(_errors));
        if (machine is null)
            return ExitCodes.Refused;

        foreach (DomainRuntime domain in machine.Domains)
            domain.StateChanged += OnStateChanged;
        Attach(machine, isInteractive);
        machine.Start();
        try
        {
            return await machine.WaitAsync(ended.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Before the machine is taken down: a domain may be waiting for whoever reads the output.
            _output.Hurry();
            if (_interrupted.IsCancellationRequested)
                return ExitCodes.Interrupted;
            _errors.WriteLine($"the timeout of {timeout?.TotalSeconds} s is over");
            return ExitCodes.TimedOut;
        }
        finally
        {
            if (screenshot is not null)
                Screenshot.WriteFile(machine, screenshot, _errors);
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
        InputPump.Start(first.Console, _terminal is null ? null : () => _ = _interrupted.CancelAsync());
    }

    private void OnStateChanged(DomainRuntime domain, DomainState state)
    {
        // A crash is in the log, as an error.
        if (state == DomainState.PoweredOff)
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
