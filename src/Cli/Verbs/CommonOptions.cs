using System.CommandLine;
using Dominion.Cli.Logging;
using Microsoft.Extensions.Logging;

namespace Dominion.Cli.Verbs;

/// <summary>Options and arguments that several verbs take.</summary>
internal static class CommonOptions
{
    internal static Argument<string> Manifest() => new("MANIFEST") { Description = "the machine's manifest, in YAML or JSON" };

    internal static Option<string[]> Set() => new("--set")
    {
        Description = "replace a value of the manifest, such as domains.web.memory=512MiB",
        HelpName = "KEY=VALUE",
        DefaultValueFactory = _ => [],
    };

    internal static Option<string[]> Plugins() => new("--plugins")
    {
        Description = "look for plugins in this folder too",
        HelpName = "DIR",
        DefaultValueFactory = _ => [],
    };

    internal static Option<string> LogLevel()
    {
        Option<string> option = new("--log-level")
        {
            Description = "the least important log lines that go to standard error",
            HelpName = "LEVEL",
            DefaultValueFactory = _ => "warning",
        };
        option.AcceptOnlyFromAmong([.. ErrorLoggerFactory.Names]);
        return option;
    }

    internal static LogLevel LevelOf(string name) => (LogLevel)ErrorLoggerFactory.Names.ToList().IndexOf(name);
}
