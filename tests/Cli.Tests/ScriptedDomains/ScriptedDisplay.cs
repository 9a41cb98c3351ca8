using Dominion.Devices;

namespace Dominion.ScriptedDomains;

/// <summary>A display of three by two pixels.</summary>
internal sealed class ScriptedDisplay : IDisplay
{
    private static readonly uint[] Picture = [0xFF0000, 0x00FF00, 0x0000FF, 0x123456, 0xFFFFFF, 0x000000];

    /// <inheritdoc/>
    public int Width => 3;

    /// <inheritdoc/>
    public int Height => 2;

    /// <inheritdoc/>
    public void ReadPixels(Span<uint> pixels) => Picture.CopyTo(pixels);
}
