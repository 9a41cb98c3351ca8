using System.Diagnostics;
using System.Text;
using Dominion.Diagnostics;
using Dominion.Host.Composition;
using Dominion.Host.Machine;
using Dominion.Host.Machine.Consoles;
using Dominion.Host.Plugins;

namespace Dominion.Bench;

/// <summary>Runs one machine in this process and watches its console.</summary>
internal sealed class BenchMachine : IConsoleOutput, IDiagnosticSink
{
    private readonly StringBuilder _text = new();
    private readonly string? _awaited;
    private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private BenchMachine(string? awaited)
    {
        _awaited = awaited;
    }

    /// <summary>Runs a manifest until its domain ends, or its console shows a text.</summary>
    /// <param name="layout">The checkout.</param>
    /// <param name="manifest">The manifest's text.</param>
    /// <param name="awaited">What to wait for, or null to wait for the end.</param>
    /// <returns>How long it ran and how many instructions were retired.</returns>
    public static (TimeSpan Elapsed, long Instructions) Run(RepositoryLayout layout, string manifest, string? awaited)
    {
        using PluginCatalog catalog = PluginCatalog.Discover([layout.Plugins]);
        CompositionResult composed = Composer.ComposeText(Encoding.UTF8.GetBytes(manifest), Path.Combine(layout.Root, "bench.yaml"), [], catalog);
        if (composed.Plan == null)
            throw new InvalidOperationException(string.Join(Environment.NewLine, composed.Diagnostics));
        var watcher = new BenchMachine(awaited);
        using MachineRuntime machine = MachineRuntime.Create(composed.Plan, new MachineOptions { CreateConsole = _ => watcher }, watcher)
            ?? throw new InvalidOperationException("the machine was refused");
        var watch = Stopwatch.StartNew();
        machine.Start();
        Task ended = machine.WaitAsync();
        Task.WhenAny(ended, watcher._seen.Task).Wait();
        TimeSpan elapsed = watch.Elapsed;
        long instructions = machine.Domains.Sum(domain => domain.InstructionsRetired);
        if (awaited != null && !watcher._seen.Task.IsCompleted)
            throw new InvalidOperationException($"the machine ended without '{awaited}': {watcher._text}");
        return (elapsed, instructions);
    }

    void IConsoleOutput.Write(ReadOnlySpan<byte> bytes)
    {
        if (_awaited == null)
            return;
        _text.Append(Encoding.Latin1.GetString(bytes));
        if (_text.ToString().Contains(_awaited, StringComparison.Ordinal))
            _seen.TrySetResult();
    }

    void IDiagnosticSink.Report(Diagnostic diagnostic) => Console.Error.WriteLine(diagnostic);
}
