namespace Dominion.Devices;

/// <summary>What a display adapter shows. Called under the domain's device lock, so that size and picture belong together.</summary>
public interface IDisplay
{
    /// <summary>The picture's width in pixels, at least 1.</summary>
    int Width { get; }

    /// <summary>The picture's height in pixels, at least 1.</summary>
    int Height { get; }

    /// <summary>Reads the picture.</summary>
    /// <param name="pixels">Takes <see cref="Width"/> times <see cref="Height"/> pixels, row by row from the top left: red in bits 23–16, green in 15–8, blue in 7–0.</param>
    void ReadPixels(Span<uint> pixels);
}
