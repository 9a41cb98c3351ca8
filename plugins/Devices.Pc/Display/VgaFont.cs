namespace Dominion.Devices.Pc.Display;

/// <summary>The font of 8 by 16 pixels that every VGA's video BIOS holds.</summary>
internal static class VgaFont
{
    private const int GlyphHeight = 16;
    private const int GlyphCount = 256;
    private const int FontLength = GlyphHeight * GlyphCount;

    // Code page 437 starts with an empty glyph and a smiling face: no other table in a video BIOS does.
    private static readonly byte[] FirstGlyphs =
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0x00, 0x00, 0x7E, 0x81, 0xA5, 0x81, 0x81, 0xBD, 0x99, 0x81, 0x81, 0x7E, 0x00, 0x00, 0x00, 0x00,
    ];

    /// <summary>Finds the font in a video BIOS and puts it where text mode takes it from.</summary>
    /// <param name="rom">The video BIOS, or nothing.</param>
    /// <param name="memory">The video memory: its plane 2 takes the font, 32 bytes a glyph.</param>
    public static void Load(ReadOnlySpan<byte> rom, Span<byte> memory)
    {
        const int Plane = 2;
        const int GlyphDistance = 32;
        int start = rom.IndexOf(FirstGlyphs);
        if (start < 0 || rom.Length - start < FontLength)
            return;
        for (int i = 0; i < FontLength; i++)
            memory[(((i / GlyphHeight * GlyphDistance) + (i % GlyphHeight)) * 4) + Plane] = rom[start + i];
    }
}
