using System.CommandLine;

namespace Dominion.Cli.Verbs;

/// <summary><c>pause MACHINE [DOMAIN]</c>.</summary>
internal static class PauseVerb
{
    internal static Command Create() =>
        ControlVerb.OfDomain("pause", "Hold a domain's vCPUs and time.", (control, domain, cancellation) => control.PauseAsync(domain, cancellation));
}
