using System.CommandLine;

namespace Dominion.Cli.Verbs;

/// <summary><c>shutdown MACHINE [DOMAIN]</c>.</summary>
internal static class ShutdownVerb
{
    internal static Command Create() =>
        ControlVerb.OfDomain("shutdown", "Press a domain's power button: its guest shuts down if it wants to.", (control, domain, cancellation) => control.ShutdownAsync(domain, cancellation));
}
