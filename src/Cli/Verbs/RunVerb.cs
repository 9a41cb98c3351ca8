using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Dominion.Cli.Logging;
using Dominion.Cli.Running;

namespace Dominion.Cli.Verbs;

/// <summary><c>run MANIFEST</c>: makes the machine and runs it until every domain has ended.</summary>
internal static class RunVerb
{
    /// <summary>Ten years: what a timer takes and nobody waits for.</summary>
    private const double LongestTimeout = 315_360_000;

    internal static Command Create()
    {
        Argument<string> manifest = CommonOptions.Manifest();
        Option<string[]> set = CommonOptions.Set();
        Option<string[]> plugins = CommonOptions.Plugins();
        Option<string> level = CommonOptions.LogLevel();
        Option<TimeSpan?> timeout = new("--timeout")
        {
            Description = "end the machine after so many seconds, with exit code 124",
            HelpName = "SECONDS",
            CustomParser = ParseSeconds,
        };
        Option<string?> screenshot = new("--screenshot")
        {
            Description = "when the run ends, write what the first display shows as a PNG image",
            HelpName = "FILE",
        };
        Command verb = new("run", "Run a machine until every domain has ended.") { manifest, set, timeout, screenshot, plugins, level };
        verb.SetAction(async (parsed, _) =>
        {
            ErrorWriter errors = new();
            using ErrorLoggerFactory loggers = new(errors, CommonOptions.LevelOf(parsed.GetRequiredValue(level)));
            using ComposedManifest composed = ComposedManifest.Compose(parsed.GetRequiredValue(manifest), parsed.GetRequiredValue(set), parsed.GetRequiredValue(plugins), errors);
            if (composed.Plan is null)
                return ExitCodes.Refused;
            using MachineSession session = new(errors, loggers);
            return await session.RunAsync(composed.Plan, parsed.GetValue(timeout), parsed.GetValue(screenshot)).ConfigureAwait(false);
        });
        return verb;
    }

    private static TimeSpan? ParseSeconds(ArgumentResult argument)
    {
        string text = argument.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds is > 0 and <= LongestTimeout)
            return TimeSpan.FromSeconds(seconds);
        argument.AddError($"'{text}' is no number of seconds above 0, such as 60 or 0.5");
        return null;
    }
}
