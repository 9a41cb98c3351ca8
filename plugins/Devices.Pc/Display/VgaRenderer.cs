using System.Buffers.Binary;

namespace Dominion.Devices.Pc.Display;

/// <summary>Draws what the registers and the video memory say. A character that blinks is shown, the cursor too; smooth scrolling by less than a character is not followed.</summary>
internal sealed class VgaRenderer
{
    private const int FontPlane = 2;
    private const int GlyphLength = 32;
    private const int PlaneMask = 0xFFFF;
    private readonly VgaRegisters _registers;
    private readonly VgaPalette _palette;
    private readonly DispiRegisters _linear;
    private readonly byte[] _memory;

    /// <summary>Makes a renderer.</summary>
    /// <param name="registers">The registers.</param>
    /// <param name="palette">The palette.</param>
    /// <param name="linear">The linear modes' registers.</param>
    /// <param name="memory">The video memory.</param>
    public VgaRenderer(VgaRegisters registers, VgaPalette palette, DispiRegisters linear, byte[] memory)
    {
        _registers = registers;
        _palette = palette;
        _linear = linear;
        _memory = memory;
    }

    /// <summary>The picture's size in pixels.</summary>
    public (int Width, int Height) Size
    {
        get
        {
            if (_linear.IsEnabled)
                return (_linear.Width, _linear.Height);
            int columns = Crtc[1] + 1;
            if (!IsGraphics)
                return (columns * CharacterWidth, Lines);
            return (columns * 8 / (Is256Color ? 2 : 1), Math.Max(Lines / LinesPerRow, 1));
        }
    }

    private ReadOnlySpan<byte> Crtc => _registers.CrtController;

    private bool IsGraphics => (_registers.Graphics[6] & 1) != 0;

    private bool Is256Color => (_registers.Graphics[5] & 0x40) != 0;

    private int CharacterWidth => (_registers.Sequencer[1] & 1) != 0 ? 8 : 9;

    // Vertical display end: 10 bits in three registers.
    private int Lines => (Crtc[0x12] | ((Crtc[7] & 0x02) << 7) | ((Crtc[7] & 0x40) << 3)) + 1;

    // The line from which on memory is shown from its start again.
    private int LineCompare => Crtc[0x18] | ((Crtc[7] & 0x10) << 4) | ((Crtc[9] & 0x40) << 3);

    private int LinesPerRow => ((Crtc[9] & 0x1F) + 1) * ((Crtc[9] & 0x80) != 0 ? 2 : 1);

    private int StartAddress => (Crtc[0x0C] << 8) | Crtc[0x0D];

    // In units of a plane's bytes: word and doubleword addressing shift both this and the processor's view.
    private int RowOffset => Crtc[0x13] * 2;

    /// <summary>Draws.</summary>
    /// <param name="pixels">As many as the size says.</param>
    public void Render(Span<uint> pixels)
    {
        if (_linear.IsEnabled && _linear.BitsPerPixel > 4)
            RenderLinear(pixels);
        else if (!_linear.IsEnabled && (!_registers.IsVideoOn || (_registers.Sequencer[1] & 0x20) != 0))
            pixels.Clear();
        else if (_linear.IsEnabled || IsGraphics)
            RenderPlanes(pixels);
        else
            RenderText(pixels);
    }

    private void RenderText(Span<uint> pixels)
    {
        (int width, int height) = Size;
        int columns = Crtc[1] + 1;
        int characterHeight = (Crtc[9] & 0x1F) + 1;
        int scale = (Crtc[9] & 0x80) != 0 ? 2 : 1;
        int cursor = ((Crtc[0x0E] << 8) | Crtc[0x0F]) & PlaneMask;
        bool hasCursor = (Crtc[0x0A] & 0x20) == 0;
        bool blinks = (_registers.Attribute[0x10] & 0x08) != 0;
        for (int y = 0; y < height; y++)
        {
            bool isSplit = y > LineCompare;
            int line = (isSplit ? y - LineCompare - 1 : y) / scale;
            int inGlyph = line % characterHeight;
            int row = (isSplit ? 0 : StartAddress) + (line / characterHeight * RowOffset);
            bool cursorLine = hasCursor && inGlyph >= (Crtc[0x0A] & 0x1F) && inGlyph <= (Crtc[0x0B] & 0x1F);
            Span<uint> target = pixels.Slice(y * width, width);
            for (int column = 0; column < columns; column++)
            {
                int at = (row + column) & PlaneMask;
                int character = _memory[at * 4];
                int attribute = _memory[(at * 4) + 1];
                int glyph = cursorLine && at == cursor ? 0x1FF : GlyphLine(character, attribute, inGlyph);
                uint foreground = AttributeColor(attribute & 0x0F);
                uint background = AttributeColor(blinks ? (attribute >> 4) & 7 : attribute >> 4);
                for (int x = 0; x < CharacterWidth; x++)
                    target[(column * CharacterWidth) + x] = (glyph & (0x100 >> x)) != 0 ? foreground : background;
            }
        }
    }

    // Nine pixels, the first in bit 8. The ninth is the background, but for the line drawing characters, which it continues.
    private int GlyphLine(int character, int attribute, int line)
    {
        int map = _registers.Sequencer[3];
        int set = (attribute & 8) != 0 ? ((map >> 2) & 3) | ((map >> 3) & 4) : (map & 3) | ((map >> 2) & 4);

        // Sets 0 to 3 are 16 KiB apart; 4 to 7 lie in the gaps.
        int start = ((set & 3) * 0x4000) + ((set >> 2) * 0x2000);
        int bits = _memory[((start + (character * GlyphLength) + line) * 4) + FontPlane];
        bool continues = (_registers.Attribute[0x10] & 0x04) != 0 && character is >= 0xC0 and <= 0xDF;
        return (bits << 1) | (continues ? bits & 1 : 0);
    }

    private void RenderPlanes(Span<uint> pixels)
    {
        (int width, int height) = Size;
        bool isLinear = _linear.IsEnabled;
        int rowOffset = isLinear ? _linear.Pitch : RowOffset;
        (int left, int top) = isLinear ? _linear.Offset : default;
        int start = isLinear ? (top * rowOffset) + (left / 8) : StartAddress;
        int linesPerRow = isLinear ? 1 : LinesPerRow;
        int compare = isLinear ? int.MaxValue : LineCompare;
        bool interleaves = !isLinear && (Crtc[0x17] & 1) == 0;
        for (int y = 0; y < height; y++)
        {
            bool isSplit = y * linesPerRow > compare;
            int line = isSplit ? ((y * linesPerRow) - compare - 1) / linesPerRow : y;
            int row = isSplit ? 0 : start;

            // CGA's modes: odd lines lie 8 KiB after even ones, as the processor counts.
            if (interleaves)
                row += (line / 2 * rowOffset) + ((line & 1) * ((Crtc[0x17] & 0x40) != 0 ? 0x2000 : 0x1000));
            else
                row += line * rowOffset;
            Span<uint> target = pixels.Slice(y * width, width);
            for (int x = 0; x < width; x++)
                target[x] = isLinear || !Is256Color ? PlanePixel(row, x, isLinear) : _palette.ColorOf(_memory[((((row + (x / 4)) & PlaneMask) * 4) + (x & 3))]);
        }
    }

    private uint PlanePixel(int row, int x, bool isLinear)
    {
        int at = isLinear ? Math.Min((row + (x / 8)) * 4, _memory.Length - 4) : ((row + (x / 8)) & PlaneMask) * 4;
        int color = 0;
        if (!isLinear && (_registers.Graphics[5] & 0x20) != 0)
        {
            // CGA's four colours: two bits a pixel, four pixels in plane 0's byte and four in plane 1's.
            int shift = 6 - (x % 4 * 2);
            color = (_memory[at + (x / 4 % 2)] >> shift) & 3;
        }
        else
        {
            for (int plane = 0; plane < 4; plane++)
                color |= ((_memory[at + plane] >> (7 - (x % 8))) & 1) << plane;
        }

        return AttributeColor(color & _registers.Attribute[0x12]);
    }

    // Through the attribute controller's palette, and its colour select register for the upper bits.
    private uint AttributeColor(int color)
    {
        int index = _registers.Attribute[color];
        int select = _registers.Attribute[0x14];
        if ((_registers.Attribute[0x10] & 0x80) != 0)
            index = (index & 0x0F) | ((select & 3) << 4);
        return _palette.ColorOf(index | ((select & 0x0C) << 4));
    }

    private void RenderLinear(Span<uint> pixels)
    {
        int depth = _linear.BitsPerPixel;
        int bytes = (depth + 7) / 8;
        (int left, int top) = _linear.Offset;
        for (int y = 0; y < _linear.Height; y++)
        {
            Span<uint> target = pixels.Slice(y * _linear.Width, _linear.Width);
            ReadOnlySpan<byte> row = _memory.AsSpan(((top + y) * _linear.Pitch) + (left * bytes), _linear.Width * bytes);
            for (int x = 0; x < target.Length; x++)
                target[x] = LinearPixel(row[(x * bytes)..], depth);
        }
    }

    private uint LinearPixel(ReadOnlySpan<byte> bytes, int depth)
    {
        switch (depth)
        {
            case 8:
                return _palette.ColorOf(bytes[0]);
            case 15:
                uint five = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
                return (Widen(five >> 10, 5) << 16) | (Widen(five >> 5, 5) << 8) | Widen(five, 5);
            case 16:
                uint six = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
                return (Widen(six >> 11, 5) << 16) | (Widen(six >> 5, 6) << 8) | Widen(six, 5);
            default:
                return ((uint)bytes[2] << 16) | ((uint)bytes[1] << 8) | bytes[0];
        }
    }

    private static uint Widen(uint value, int bits)
    {
        value &= (1U << bits) - 1;
        return (value << (8 - bits)) | (value >> ((2 * bits) - 8));
    }
}
