using System.CommandLine;
using Dominion.Cli.Logging;

namespace Dominion.Cli.Verbs;

/// <summary><c>screenshot MACHINE FILE [DOMAIN]</c>: writes what a domain's display shows.</summary>
internal static class ScreenshotVerb
{
    internal static Command Create()
    {
        Argument<string> machine = ControlVerb.Machine();
        Argument<string> file = new("FILE") { Description = "the PNG image; replaced when it is there" };
        Argument<string?> domain = ControlVerb.Domain(machine);
        Command verb = new("screenshot", "Write what a domain's display shows as a PNG image.") { machine, file, domain };
        verb.SetAction((parsed, cancellation) => ControlVerb.RunAsync(parsed.GetRequiredValue(machine), cancellation, async control =>
        {
            byte[] image = await control.TakeScreenshotAsync(parsed.GetValue(domain), cancellation).ConfigureAwait(false);
            string path = parsed.GetRequiredValue(file);
            try
            {
                await File.WriteAllBytesAsync(path, image, cancellation).ConfigureAwait(false);
                return ExitCodes.Ok;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                new ErrorWriter().WriteLine($"the screenshot '{path}' cannot be written: {e.Message}");
                return ExitCodes.Refused;
            }
        }));
        return verb;
    }
}
