using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Dominion.Cli.Running;

namespace Dominion.Cli.Verbs;

/// <summary>The options of the verbs that run a machine.</summary>
internal sealed class SessionVerbOptions
{
    /// <summary>Ten years: what a timer takes and nobody waits for.</summary>
    private const double LongestTimeout = 315_360_000;

    private readonly Option<string?> _name = new("--name")
    {
        Description = "what the running machine is called, in place of its manifest's name; refused when it is taken",
        HelpName = "NAME",
    };

    private readonly Option<TimeSpan?> _timeout = new("--timeout")
    {
        Description = "end the machine after so many seconds, with exit code 124",
        HelpName = "SECONDS",
        CustomParser = ParseSeconds,
    };

    private readonly Option<string?> _screenshot = new("--screenshot")
    {
        Description = "when the run ends, write what the first display shows as a PNG image",
        HelpName = "FILE",
    };

    private readonly Option<string?> _saveOnExit = new("--save-on-exit")
    {
        Description = "when a signal, Ctrl-] or the timeout ends the run, save the machine, for 'dominion restore'",
        HelpName = "FILE",
    };

    private readonly Option<bool> _summary = new("--summary")
    {
        Description = "when the run ends, tell each domain's count of instructions and the hash of its memory",
    };

    /// <summary>Adds the options to a verb.</summary>
    /// <param name="verb">The verb.</param>
    internal void AddTo(Command verb)
    {
        foreach (Option option in (Option[])[_name, _timeout, _screenshot, _saveOnExit, _summary])
            verb.Options.Add(option);
    }

    /// <summary>What the command line says.</summary>
    /// <param name="parsed">The command line.</param>
    internal SessionOptions Get(ParseResult parsed) => new()
    {
        Name = parsed.GetValue(_name),
        Timeout = parsed.GetValue(_timeout),
        Screenshot = parsed.GetValue(_screenshot),
        SaveOnExit = parsed.GetValue(_saveOnExit),
        Summary = parsed.GetValue(_summary),
    };

    private static TimeSpan? ParseSeconds(ArgumentResult argument)
    {
        string text = argument.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds is > 0 and <= LongestTimeout)
            return TimeSpan.FromSeconds(seconds);
        argument.AddError($"'{text}' is no number of seconds above 0, such as 60 or 0.5");
        return null;
    }
}
