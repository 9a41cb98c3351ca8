using System.CommandLine;

namespace Dominion.Cli.Verbs;

/// <summary><c>memory-hash MACHINE [DOMAIN]</c>: prints the SHA-256 of a domain's memory.</summary>
internal static class MemoryHashVerb
{
    internal static Command Create()
    {
        Argument<string> machine = ControlVerb.Machine();
        Argument<string?> domain = ControlVerb.Domain(machine);
        Command verb = new("memory-hash", "Print the SHA-256 of a domain's memory: equal runs have equal ones.") { machine, domain };
        verb.SetAction((parsed, cancellation) => ControlVerb.RunAsync(parsed.GetRequiredValue(machine), cancellation, async control =>
        {
            parsed.InvocationConfiguration.Output.WriteLine(await control.HashMemoryAsync(parsed.GetValue(domain), cancellation).ConfigureAwait(false));
            return ExitCodes.Ok;
        }));
        return verb;
    }
}
