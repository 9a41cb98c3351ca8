using System.CommandLine;

namespace Dominion.Cli.Verbs;

/// <summary><c>stop MACHINE</c>: ends a whole machine.</summary>
internal static class StopVerb
{
    internal static Command Create()
    {
        Argument<string> machine = ControlVerb.Machine();
        Command verb = new("stop", "End a whole machine at once, without asking its guests.") { machine };
        verb.SetAction((parsed, cancellation) => ControlVerb.RunAsync(parsed.GetRequiredValue(machine), cancellation, async control =>
        {
            await control.StopAsync(cancellation).ConfigureAwait(false);
            return ExitCodes.Ok;
        }));
        return verb;
    }
}
