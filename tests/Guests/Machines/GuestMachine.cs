using Dominion.Diagnostics;
using Dominion.Host.Composition;
using Dominion.Host.Machine;
using Dominion.Host.Machine.Saving;

namespace Dominion.Guests.Tests.Machines;

/// <summary>A machine under test, made from a manifest by the product's own plugins, inside this process.</summary>
internal sealed class GuestMachine : IDisposable
{
    // A catalog activates its plugins for one caller at a time.
    private static readonly Lock Composing = new();
    private readonly MachineRuntime _machine;

    private GuestMachine(MachineRuntime machine, IReadOnlyList<GuestDomain> domains)
    {
        _machine = machine;
        Domains = domains;
    }

    /// <summary>The domains, in the manifest's order.</summary>
    public IReadOnlyList<GuestDomain> Domains { get; }

    /// <summary>The first domain.</summary>
    public GuestDomain First => Domains[0];

    /// <summary>Makes and starts the machine of a manifest.</summary>
    /// <param name="manifest">The manifest's path.</param>
    /// <param name="overrides">Values for keys, as <c>--set</c> takes them.</param>
    public static GuestMachine Start(string manifest, params string[] overrides)
    {
        CompositionResult composed;
        lock (Composing)
            composed = Composer.Compose(manifest, overrides, Repository.Catalog);
        return Start(composed, (plan, options, sink) => MachineRuntime.Create(plan, options, sink));
    }

    /// <summary>Makes and starts a machine that was saved.</summary>
    /// <param name="path">The file.</param>
    /// <param name="start">Whether it goes on.</param>
    public static GuestMachine Restore(string path, bool start = true)
    {
        using SavedMachine saved = SavedMachine.Open(path);
        CompositionResult composed;
        lock (Composing)
            composed = saved.Compose(Repository.Catalog);
        Assert.Empty(composed.Diagnostics);
        return Start(composed, (plan, options, sink) => MachineRuntime.Restore(saved, plan, options, sink), start);
    }

    private static GuestMachine Start(CompositionResult composed, Func<MachinePlan, MachineOptions, IDiagnosticSink, MachineRuntime?> make, bool start = true)
    {
        Assert.True(composed.Plan is not null, string.Join('\n', composed.Diagnostics));
        Dictionary<int, ConsoleRecorder> consoles = [];
        Sink refusals = new();
        MachineOptions options = new() { CreateConsole = domain => consoles[domain.Id] = new ConsoleRecorder() };
        MachineRuntime? machine = make(composed.Plan, options, refusals);
        Assert.True(machine is not null, string.Join('\n', refusals.Diagnostics));
        GuestMachine made = new(machine, [.. machine.Domains.Select(domain => new GuestDomain(domain, consoles[domain.Id]))]);
        if (start)
            machine.Start();
        return made;
    }

    /// <summary>The machine itself.</summary>
    public MachineRuntime Runtime => _machine;

    /// <summary>Waits until every domain has ended.</summary>
    /// <returns>What <c>dominion run</c> would give.</returns>
    public async Task<int> EndAsync()
    {
        foreach (GuestDomain domain in Domains)
            await domain.EndAsync();
        return await _machine.WaitAsync();
    }

    /// <inheritdoc/>
    public void Dispose() => _machine.Dispose();

    private sealed class Sink : IDiagnosticSink
    {
        public List<Diagnostic> Diagnostics { get; } = [];

        public void Report(Diagnostic diagnostic) => Diagnostics.Add(diagnostic);
    }
}
