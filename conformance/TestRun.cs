using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Dominion.Diagnostics;
using Dominion.Host.Composition;
using Dominion.Host.Machine;
using Dominion.Host.Machine.Consoles;
using Dominion.Host.Machine.Domains;
using Dominion.Host.Plugins;

namespace Dominion.Conformance;

/// <summary>Runs one kernel in this process and reads its result from its console and its exit code.</summary>
internal sealed partial class TestRun : IConsoleOutput, IDiagnosticSink
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();
    private readonly List<Diagnostic> _refusals = [];

    /// <summary>Everything that the console showed.</summary>
    public string ConsoleText
    {
        get
        {
            lock (_gate)
                return _text.ToString();
        }
    }

    /// <summary>Runs a section until its kernel ends or its time is up.</summary>
    /// <param name="name">The section's name.</param>
    /// <param name="manifest">The manifest's path.</param>
    /// <param name="overrides">Its changes.</param>
    /// <param name="catalog">The plugins.</param>
    /// <param name="limit">How long it may take.</param>
    /// <returns>What came of it.</returns>
    public async Task<TestResult> RunAsync(string name, string manifest, IEnumerable<string> overrides, PluginCatalog catalog, TimeSpan limit)
    {
        Stopwatch watch = Stopwatch.StartNew();
        CompositionResult composed = Composer.Compose(manifest, overrides, catalog);
        using MachineRuntime? machine = composed.Plan is null ? null : MachineRuntime.Create(composed.Plan, new MachineOptions { CreateConsole = _ => this }, this);
        if (machine is null)
            return new TestResult(name, "skip", "", string.Join("; ", composed.Diagnostics.Concat(_refusals).Select(d => d.Message)), watch.Elapsed);
        machine.Start();
        DomainRuntime domain = machine.Domains[0];
        bool ended = await Task.WhenAny(domain.Ended, Task.Delay(limit)).ConfigureAwait(false) == domain.Ended;
        return Read(name, ended ? domain.Reason ?? "" : $"no end within {limit.TotalSeconds} s", watch.Elapsed);
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
            _text.Append(Encoding.Latin1.GetString(bytes));
    }

    /// <inheritdoc/>
    public void Report(Diagnostic diagnostic) => _refusals.Add(diagnostic);

    // The kernel's code c comes as (c << 1) | 1: 0 is a pass, 38 a test of which nothing applies.
    private TestResult Read(string name, string reason, TimeSpan elapsed)
    {
        string text = ConsoleText;
        string counts = Summary().Matches(text).LastOrDefault()?.Groups[1].Value.Trim() ?? "";
        Match code = ExitCode().Match(reason);
        string outcome = !code.Success ? "stop" : code.Groups[1].Value switch
        {
            "1" => "pass",
            "77" => "skip",
            _ => "fail",
        };
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string detail = outcome switch
        {
            "pass" => "",
            "stop" => reason.Split('\n')[0],
            "skip" => lines.LastOrDefault(line => line.StartsWith("SKIP", StringComparison.Ordinal)) ?? lines.LastOrDefault() ?? "",
            _ => string.Join("; ", lines.Where(line => line.StartsWith("FAIL", StringComparison.Ordinal)).Take(4).DefaultIfEmpty(lines.LastOrDefault() ?? "")),
        };
        return new TestResult(name, outcome, counts, detail, elapsed);
    }

    [GeneratedRegex(@"SUMMARY: (.*)")]
    private static partial Regex Summary();

    [GeneratedRegex(@"ended with code (\d+)")]
    private static partial Regex ExitCode();
}
