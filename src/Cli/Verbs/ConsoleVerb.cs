using System.CommandLine;
using Dominion.Cli.Running;

namespace Dominion.Cli.Verbs;

/// <summary><c>console MACHINE [DOMAIN]</c>: attaches this terminal to a domain's console.</summary>
internal static class ConsoleVerb
{
    internal static Command Create()
    {
        Argument<string> machine = ControlVerb.Machine();
        Argument<string?> domain = ControlVerb.Domain(machine);
        Command verb = new("console", "Attach this terminal to a domain's console; Ctrl-] detaches it.") { machine, domain };
        verb.SetAction((parsed, cancellation) => ControlVerb.RunAsync(parsed.GetRequiredValue(machine), cancellation, control =>
            ConsoleSession.RunAsync(control, parsed.GetValue(domain), cancellation)));
        return verb;
    }
}
