using Dominion.Host.Machine.Domains;
using StbImageWriteSharp;

namespace Dominion.Host.Control;

/// <summary>Pictures as PNG images.</summary>
public static class PngImage
{
    /// <summary>Writes a picture.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="output">Where to.</param>
    public static void Write(Picture picture, Stream output)
    {
        ArgumentNullException.ThrowIfNull(picture);
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
