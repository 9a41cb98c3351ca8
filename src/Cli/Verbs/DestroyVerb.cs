using System.CommandLine;

namespace Dominion.Cli.Verbs;

/// <summary><c>destroy MACHINE [DOMAIN]</c>.</summary>
internal static class DestroyVerb
{
    internal static Command Create() =>
        ControlVerb.OfDomain("destroy", "End a domain at once, without asking its guest.", (control, domain, cancellation) => control.DestroyAsync(domain, cancellation));
}
