using System.CommandLine;
using Dominion.Cli.Logging;
using Dominion.Cli.Running;
using Dominion.Diagnostics;
using Dominion.Host.Machine.Saving;

namespace Dominion.Cli.Verbs;

/// <summary><c>restore FILE</c>: makes the machine that was saved and lets it go on until every domain has ended.</summary>
internal static class RestoreVerb
{
    internal static Command Create()
    {
        Argument<string> file = new("FILE") { Description = "a machine that 'dominion save' has written" };
        Option<string[]> plugins = CommonOptions.Plugins();
        Option<string> level = CommonOptions.LogLevel();
        SessionVerbOptions session = new();
        Command verb = new("restore", "Let a saved machine go on, until every domain has ended.") { file };
        session.AddTo(verb);
        verb.Options.Add(plugins);
        verb.Options.Add(level);
        verb.SetAction(async (parsed, _) =>
        {
            ErrorWriter errors = new();
            using ErrorLoggerFactory loggers = new(errors, CommonOptions.LevelOf(parsed.GetRequiredValue(level)));
            try
            {
                using SavedMachine saved = SavedMachine.Open(parsed.GetRequiredValue(file));
                using ComposedManifest composed = ComposedManifest.Compose(saved, parsed.GetRequiredValue(plugins), errors);
                if (composed.Plan is null)
                    return ExitCodes.Refused;
                using MachineSession machine = new(errors, loggers);
                return await machine.RunAsync(composed.Plan, session.Get(parsed), saved).ConfigureAwait(false);
            }
            catch (DiagnosticException refused)
            {
                errors.WriteLine(refused.Diagnostic.ToString());
                return ExitCodes.Refused;
            }
        });
        return verb;
    }
}
