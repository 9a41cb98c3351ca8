using System.CommandLine;
using Dominion.Cli.Logging;
using Dominion.Diagnostics;
using Dominion.Host.Control;

namespace Dominion.Cli.Verbs;

/// <summary>What the verbs that act on a running machine have in common.</summary>
internal static class ControlVerb
{
    internal static Argument<string> Machine()
    {
        Argument<string> machine = new("MACHINE") { Description = "the running machine's name, which 'dominion list' tells" };
        machine.CompletionSources.Add(_ => Complete(() => ControlDirectory.List()));
        return machine;
    }

    internal static Argument<string?> Domain(Argument<string> machine)
    {
        Argument<string?> domain = new("DOMAIN")
        {
            Description = "the domain; may be left out where the machine has one only",
            Arity = ArgumentArity.ZeroOrOne,
        };
        domain.CompletionSources.Add(context => Complete(() => context.ParseResult.GetValue(machine) is { } name ? DomainsOf(name) : []));
        return domain;
    }

    /// <summary>A verb that does one thing to a domain and says nothing.</summary>
    internal static Command OfDomain(string name, string description, Func<IMachineControl, string?, CancellationToken, Task> act)
    {
        Argument<string> machine = Machine();
        Argument<string?> domain = Domain(machine);
        Command verb = new(name, description) { machine, domain };
        verb.SetAction((parsed, cancellation) => RunAsync(parsed.GetRequiredValue(machine), cancellation, async control =>
        {
            await act(control, parsed.GetValue(domain), cancellation).ConfigureAwait(false);
            return ExitCodes.Ok;
        }));
        return verb;
    }

    /// <summary>Does something with a running machine; what it refuses is told.</summary>
    internal static async Task<int> RunAsync(string machine, CancellationToken cancellation, Func<IMachineControl, Task<int>> act)
    {
        try
        {
            using ControlConnection connection = await ControlConnection.OpenAsync(machine, cancellation).ConfigureAwait(false);
            return await connection.AskAsync(act).ConfigureAwait(false);
        }
        catch (DiagnosticException refused)
        {
            new ErrorWriter().WriteLine(refused.Diagnostic.ToString());
            return ExitCodes.Refused;
        }
    }

    private static IEnumerable<string> DomainsOf(string machine)
    {
        using ControlConnection connection = ControlConnection.OpenAsync(machine).GetAwaiter().GetResult();
        return [.. connection.AskAsync(control => control.GetStatusAsync()).GetAwaiter().GetResult().Domains.Select(domain => domain.Name)];
    }

    // A shell that completes a line wants names or nothing.
    private static IEnumerable<System.CommandLine.Completions.CompletionItem> Complete(Func<IEnumerable<string>> names)
    {
        try
        {
            return [.. names().Select(name => new System.CommandLine.Completions.CompletionItem(name))];
        }
        catch (DiagnosticException)
        {
            return [];
        }
    }
}
