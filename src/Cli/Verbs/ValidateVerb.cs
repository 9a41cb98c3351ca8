using System.CommandLine;
using Dominion.Cli.Logging;
using Dominion.Cli.Running;

namespace Dominion.Cli.Verbs;

/// <summary><c>validate MANIFEST</c>: does all that <c>run</c> does before anything of the machine is made.</summary>
internal static class ValidateVerb
{
    internal static Command Create()
    {
        Argument<string> manifest = CommonOptions.Manifest();
        Option<string[]> set = CommonOptions.Set();
        Option<string[]> plugins = CommonOptions.Plugins();
        Command verb = new("validate", "Check a manifest against the plugins that are present, without running it.") { manifest, set, plugins };
        verb.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(manifest);
            using ComposedManifest composed = ComposedManifest.Compose(path, parsed.GetRequiredValue(set), parsed.GetRequiredValue(plugins), new ErrorWriter());
            if (composed.Plan is null)
                return ExitCodes.Refused;
            parsed.InvocationConfiguration.Output.WriteLine($"{path}: valid");
            return ExitCodes.Ok;
        });
        return verb;
    }
}
