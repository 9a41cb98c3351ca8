using Dominion.Diagnostics;
using Dominion.Host.Composition;
using Dominion.Host.Machine;

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
        Assert.True(composed.Plan is not null, string.Join('\n', composed.Diagnostics));
        Dictionary<int, ConsoleRecorder> consoles = [];
        Sink refusals = new();
        MachineOptions options = new() { CreateConsole = domain => consoles[domain.Id] = new ConsoleRecorder() };
        MachineRuntime? machine = MachineRuntime.Create(composed.Plan, options, refusals);
        Assert.True(machine is not null, string.Join('\n', refusals.Diagnostics));
        GuestMachine made = new(machine, [.. machine.Domains.Select(domain => new GuestDomain(domain, consoles[domain.Id]))]);
        machine.Start();
        return made;
    }

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
