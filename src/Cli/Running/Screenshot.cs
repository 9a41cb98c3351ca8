using Dominion.Cli.Logging;
using Dominion.Host.Machine;
using Dominion.Host.Machine.Domains;
using StbImageWriteSharp;

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
            Write(picture, file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"the screenshot '{path}' cannot be written: {e.Message}");
        }
    }

    /// <summary>Writes a picture as a PNG image.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="output">Where to.</param>
    internal static void Write(Picture picture, Stream output)
    {
        byte[] bytes = new byte[picture.Pixels.Length * 3];
        ReadOnlySpan<uint> pixels = picture.Pixels.Span;
        for (int i = 0; i < pixels.Length; i++)
        {
            bytes[3 * i] = (byte)(pixels[i] >> 16);
            bytes[(3 * i) + 1] = (byte)(pixels[i] >> 8);
            bytes[(3 * i) + 2] = (byte)pixels[i];
        }

        new ImageWriter().WritePng(bytes, picture.Width, picture.Height, ColorComponents.RedGreenBlue, output);
    }
}
