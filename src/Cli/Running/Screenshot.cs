using Dominion.Cli.Logging;
using Dominion.Host.Control;
using Dominion.Host.Machine;
using Dominion.Host.Machine.Domains;

namespace Dominion.Cli.Running;

/// <summary>Writes what a machine's display shows as a PNG file.</summary>
internal static class Screenshot
{
    /// <summary>Writes the picture of the first domain that has a display.</summary>
    /// <param name="machine">The machine, running or ended.</param>
    /// <param name="path">The file; replaced when it is there.</param>
    /// <param name="errors">Told when there is no picture, or no file.</param>
    internal static void WriteFile(MachineRuntime machine, string path, ErrorWriter errors)
    {
        Picture? picture = machine.Domains.Select(domain => domain.CaptureDisplay()).FirstOrDefault(picture => picture is not null);
        if (picture is null)
        {
            errors.WriteLine("no screenshot: no domain has a display; put the device 'vga' into one");
            return;
        }

        try
        {
            using FileStream file = File.Create(path);
            PngImage.Write(picture, file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"the screenshot '{path}' cannot be written: {e.Message}");
        }
    }
}
