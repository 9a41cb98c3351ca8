using System.CommandLine;
using Dominion.Cli.Logging;
using Dominion.Cli.Running;

namespace Dominion.Cli.Verbs;

/// <summary><c>run MANIFEST</c>: makes the machine and runs it until every domain has ended.</summary>
internal static class RunVerb
{
    internal static Command Create()
    {
        Argument<string> manifest = CommonOptions.Manifest();
        Option<string[]> set = CommonOptions.Set();
        Option<string[]> plugins = CommonOptions.Plugins();
        Option<string> level = CommonOptions.LogLevel();
        SessionVerbOptions session = new();
        Command verb = new("run", "Run a machine until every domain has ended.") { manifest, set };
        session.AddTo(verb);
        verb.Options.Add(plugins);
        verb.Options.Add(level);
        verb.SetAction(async (parsed, _) =>
        {
            ErrorWriter errors = new();
            using ErrorLoggerFactory loggers = new(errors, CommonOptions.LevelOf(parsed.GetRequiredValue(level)));
            using ComposedManifest composed = ComposedManifest.Compose(parsed.GetRequiredValue(manifest), parsed.GetRequiredValue(set), parsed.GetRequiredValue(plugins), errors);
            if (composed.Plan is null)
                return ExitCodes.Refused;
            using MachineSession machine = new(errors, loggers);
            return await machine.RunAsync(composed.Plan, session.Get(parsed)).ConfigureAwait(false);
        });
        return verb;
    }
}
