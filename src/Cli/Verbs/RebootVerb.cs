using System.CommandLine;

namespace Dominion.Cli.Verbs;

/// <summary><c>reboot MACHINE [DOMAIN]</c>.</summary>
internal static class RebootVerb
{
    internal static Command Create() =>
        ControlVerb.OfDomain("reboot", "Press a domain's reset button.", (control, domain, cancellation) => control.RebootAsync(domain, cancellation));
}
