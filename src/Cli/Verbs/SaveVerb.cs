using System.CommandLine;

namespace Dominion.Cli.Verbs;

/// <summary><c>save MACHINE FILE</c>: writes a running machine into a file.</summary>
internal static class SaveVerb
{
    internal static Command Create()
    {
        Argument<string> machine = ControlVerb.Machine();
        Argument<string> file = new("FILE") { Description = "the file; replaced when the whole machine is written" };
        Option<bool> stop = new("--stop") { Description = "end the machine with that; the default when it writes disk images in place" };
        Option<bool> goOn = new("--go-on") { Description = "let the machine go on; the default otherwise" };
        Command verb = new("save", "Write a running machine into a file, from which 'dominion restore' lets it go on.") { machine, file, stop, goOn };
        verb.Validators.Add(result =>
        {
            if (result.GetValue(stop) && result.GetValue(goOn))
                result.AddError("--stop and --go-on exclude each other");
        });
        verb.SetAction((parsed, cancellation) => ControlVerb.RunAsync(parsed.GetRequiredValue(machine), cancellation, async control =>
        {
            bool? ends = parsed.GetValue(stop) ? true : parsed.GetValue(goOn) ? false : null;
            string path = Path.GetFullPath(parsed.GetRequiredValue(file));
            bool ended = await control.SaveAsync(path, ends, cancellation).ConfigureAwait(false);
            parsed.InvocationConfiguration.Output.WriteLine($"saved to {path}; the machine {(ended ? "has ended" : "goes on")}");
            return ExitCodes.Ok;
        }));
        return verb;
    }
}
