namespace Dominion.Host.Machine.Domains;

/// <summary>What a display showed at one moment.</summary>
/// <param name="Width">The width in pixels.</param>
/// <param name="Height">The height in pixels.</param>
/// <param name="Pixels">The pixels, row by row from the top left: red in bits 23–16, green in 15–8, blue in 7–0.</param>
public sealed record Picture(int Width, int Height, ReadOnlyMemory<uint> Pixels);
