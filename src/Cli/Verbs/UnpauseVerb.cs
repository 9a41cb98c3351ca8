using System.CommandLine;

namespace Dominion.Cli.Verbs;

/// <summary><c>unpause MACHINE [DOMAIN]</c>.</summary>
internal static class UnpauseVerb
{
    internal static Command Create() =>
        ControlVerb.OfDomain("unpause", "Let a paused domain go on.", (control, domain, cancellation) => control.UnpauseAsync(domain, cancellation));
}
