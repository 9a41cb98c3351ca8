using Dominion.Buses;
using Dominion.Devices.Pc.Display;
using Dominion.Devices.Pc.Tests.Pci;

namespace Dominion.Devices.Pc.Tests.Display;

/// <summary>Facts of the PS/2 Hardware Interface Technical Reference's video subsystem, and of QEMU's docs/specs/standard-vga.rst.</summary>
public sealed class VgaTests : IDisposable
{
    private const int MemoryLength = 4 << 20;
    private readonly TestClock _clock = new();
    private readonly TestBoard _board;
    private readonly Vga _vga;

    public VgaTests()
    {
        _board = new TestBoard { Clock = _clock };
        _vga = new Vga(_board, MemoryLength, [0x55, 0xAA, 4, .. new byte[2045]]);
        _vga.Reset();
    }

    public void Dispose() => _vga.Dispose();

    [Fact]
    public void It_starts_in_text_mode_3()
    {
        Assert.Equal((720, 400), (_vga.Width, _vga.Height));
        Assert.All(Picture(), pixel => Assert.Equal(0u, pixel));
    }

    [Fact]
    public void Text_is_drawn_in_its_colours_with_the_font_of_plane_2()
    {
        LoadGlyph('A', [.. Enumerable.Repeat((byte)0b1000_0001, 16)]);

        // Second row, third column: yellow on blue.
        Store(0xB_8000 + (2 * (80 + 2)), 'A');
        Store(0xB_8000 + (2 * (80 + 2)) + 1, 0x1E);
        uint[] picture = Picture();
        uint[] line = picture.AsSpan(((16 + 5) * 720) + (2 * 9), 9).ToArray();
        const uint Yellow = 0xFFFF55;
        const uint Blue = 0x0000AA;
        Assert.Equal([Yellow, Blue, Blue, Blue, Blue, Blue, Blue, Yellow, Blue], line);
        Assert.Equal(0u, picture[((16 + 5) * 720) + (3 * 9)]);
    }

    [Fact]
    public void Line_drawing_characters_go_on_in_their_ninth_pixel_and_the_cursor_is_seen()
    {
        LoadGlyph(0xC4, [.. Enumerable.Repeat((byte)0xFF, 16)]);
        Store(0xB_8000, 0xC4);
        Store(0xB_8001, 0x07);
        Store(0xB_8003, 0x07);
        SetIndexed(0x3D4, 0x0F, 1); // cursor on the second character
        uint[] picture = Picture();
        Assert.Equal(0xAAAAAAu, picture[8]);
        Assert.Equal(0u, picture[9]);
        Assert.Equal(0xAAAAAAu, picture[(13 * 720) + 9]); // lines 13 and 14 are the cursor's
        SetIndexed(0x3D4, 0x0A, 0x2D); // bit 5: no cursor
        Assert.Equal(0u, Picture()[(13 * 720) + 9]);
    }

    [Fact]
    public void Planes_are_written_through_set_reset_bit_mask_and_latches()
    {
        GraphicsMode(0x00);
        Store(0xA_0000, 0xFF);
        SetIndexed(0x3CE, 0, 0b0101); // set/reset: colour 5
        SetIndexed(0x3CE, 1, 0b1111); // in all planes
        SetIndexed(0x3CE, 8, 0b0001_0000);
        Assert.Equal(0xFF, Load(0xA_0000)); // fills the latches
        Store(0xA_0000, 0);
        Assert.Equal([0xFF, 0xEF, 0xFF, 0xEF], Planes(0xA_0000));

        // Write mode 2: the processor's low bits are the colour.
        SetIndexed(0x3CE, 5, 2);
        SetIndexed(0x3CE, 8, 0xFF);
        Store(0xA_0001, 0b1001);
        Assert.Equal([0xFF, 0x00, 0x00, 0xFF], Planes(0xA_0001));

        // Write mode 1 copies the latches.
        Load(0xA_0000);
        SetIndexed(0x3CE, 5, 1);
        Store(0xA_0002, 0);
        Assert.Equal([0xFF, 0xEF, 0xFF, 0xEF], Planes(0xA_0002));

        // Read mode 1 compares: colour 9 with all planes cared for.
        SetIndexed(0x3CE, 5, 8);
        SetIndexed(0x3CE, 2, 0b1001);
        SetIndexed(0x3CE, 7, 0x0F);
        Assert.Equal(0xFF, Load(0xA_0001));
        Assert.Equal(0x00, Load(0xA_0000));
    }

    [Fact]
    public void The_map_mask_and_rotation_and_function_are_obeyed()
    {
        GraphicsMode(0x00);
        SetIndexed(0x3C4, 2, 0b0010);
        SetIndexed(0x3CE, 3, 3); // rotate right by 3
        Store(0xA_0000, 0b0000_1001);
        Assert.Equal([0, 0b0010_0001, 0, 0], Planes(0xA_0000));
        SetIndexed(0x3CE, 3, 0x18); // exclusive or with the latches
        Load(0xA_0000);
        Store(0xA_0000, 0xFF);
        Assert.Equal(0b1101_1110, Planes(0xA_0000)[1]);
    }

    [Fact]
    public void Mode_13h_has_256_colours_one_byte_each()
    {
        GraphicsMode(0x40);
        SetIndexed(0x3C4, 4, 0x0E); // chain 4
        SetIndexed(0x3D4, 9, 0x41); // two lines a row
        SetIndexed(0x3D4, 0x13, 0x28);
        _board.Ports.Write(0x3C8, AccessWidth.Byte, 200, 0);
        foreach (byte component in (byte[])[63, 32, 0])
            _board.Ports.Write(0x3C9, AccessWidth.Byte, component, 0);
        Store(0xA_0000 + 320 + 7, 200);
        Assert.Equal((320, 200), (_vga.Width, _vga.Height));
        Assert.Equal(0xFF8200u, Picture()[320 + 7]);
    }

    [Fact]
    public void The_crt_controller_is_at_the_place_that_miscellaneous_output_says()
    {
        SetIndexed(0x3D4, 0x0F, 0x5A);
        Assert.Equal(0xFF, Get(0x3B5));
        Assert.Equal(0x67, Get(0x3CC));
        Out(0x3C2, 0x66);
        Assert.Equal(0xFF, Get(0x3D5));
        Out(0x3B4, 0x0F);
        Assert.Equal(0x5A, Get(0x3B5));
    }

    [Fact]
    public void The_first_crt_controller_registers_are_protected_but_for_the_line_compare_bit()
    {
        SetIndexed(0x3D4, 0x00, 0x11);
        SetIndexed(0x3D4, 0x07, 0x00);
        Assert.Equal(0x5F, GetIndexed(0x3D4, 0x00));
        Assert.Equal(0x0F, GetIndexed(0x3D4, 0x07));
        SetIndexed(0x3D4, 0x11, 0x0E);
        SetIndexed(0x3D4, 0x00, 0x11);
        Assert.Equal(0x11, GetIndexed(0x3D4, 0x00));
    }

    [Fact]
    public void Status_shows_the_retrace_and_resets_the_attribute_flip_flop()
    {
        HashSet<int> seen = [];
        for (int i = 0; i < 3000; i++)
        {
            seen.Add(Get(0x3DA));
            _clock.Advance(7_000);
        }

        Assert.Equal([0, 1, 9], seen.Order());
        Out(0x3C0, 0x31);
        _ = Get(0x3DA);
        Out(0x3C0, 0x31); // an address again
        Out(0x3C0, 0x2A);
        Assert.Equal(0x2A, Get(0x3C1));
    }

    [Theory]
    [InlineData(32, new byte[] { 0x33, 0x22, 0x11, 0x00 }, 0x112233u)]
    [InlineData(24, new byte[] { 0x33, 0x22, 0x11 }, 0x112233u)]
    [InlineData(16, new byte[] { 0x00, 0xF8 }, 0xFF0000u)]
    [InlineData(15, new byte[] { 0xE0, 0x03 }, 0x00FF00u)]
    public void Linear_modes_show_video_memory(int depth, byte[] pixel, uint color)
    {
        SetDisplay(64, 48, depth);
        Assert.Equal((64, 48), (_vga.Width, _vga.Height));
        ulong frame = _board.Configuration(1, 0x10) & ~0xFu;
        ulong at = frame + (ulong)(((3 * 64) + 5) * pixel.Length);
        for (int i = 0; i < pixel.Length; i++)
            _board.Space.Write(at + (ulong)i, AccessWidth.Byte, pixel[i], 0);
        uint[] picture = Picture();
        Assert.Equal(color, picture[(3 * 64) + 5]);
        Assert.Equal(1, picture.Count(value => value != 0));

        // The picture starts two rows further down.
        SetDispi(9, 2);
        Assert.Equal(color, Picture()[64 + 5]);
    }

    [Fact]
    public void The_display_interface_answers_in_memory_too_and_refuses_what_does_not_fit()
    {
        ulong registers = _board.Configuration(1, 0x18) & ~0xFu;
        Assert.Equal(0xB0C5u, (uint)_board.Space.Read(registers + 0x500, AccessWidth.Word, 0));
        Assert.Equal(MemoryLength / 65536, GetDispi(10));
        SetDisplay(2560, 1600, 32);
        Assert.Equal(0x40, GetDispi(4));
        Assert.Equal(720, _vga.Width);
        SetDisplay(640, 480, 32);
        SetDispi(6, 1024);
        Assert.Equal(1024, GetDispi(6));
        SetDispi(6, 65528);
        Assert.Equal(1024, GetDispi(6));
        SetDispi(9, 1000);
        Assert.Equal(0, GetDispi(9));
        Assert.Equal(0x67u, (uint)_board.Space.Read(registers + 0x40C, AccessWidth.Byte, 0));
    }

    [Fact]
    public void The_expansion_rom_answers_where_its_register_says_once_it_is_enabled()
    {
        Assert.Equal(0x0300u, _board.Configuration(1, 0x0A, AccessWidth.Word));
        uint rom = _board.Configuration(1, 0x30);
        Assert.Equal(0u, rom & 1);
        _board.SetConfiguration(1, 0x30, 0xFFFF_FFFE);
        Assert.Equal(0xFFFF_F800u, _board.Configuration(1, 0x30));
        _board.SetConfiguration(1, 0x30, 0xD000_0001);
        Assert.Equal(0x0004_AA55u, (uint)_board.Space.Read(0xD000_0000, AccessWidth.Dword, 0));
        _board.SetConfiguration(1, 0x30, 0xD000_0000);
        Assert.Equal(uint.MaxValue, (uint)_board.Space.Read(0xD000_0000, AccessWidth.Dword, 0));
    }

    [Fact]
    public void The_font_of_the_video_bios_is_there_without_firmware()
    {
        byte[] rom = new byte[8192];
        byte[] face = [0x00, 0x00, 0x7E, 0x81, 0xA5, 0x81, 0x81, 0xBD, 0x99, 0x81, 0x81, 0x7E, 0x00, 0x00, 0x00, 0x00];
        face.CopyTo(rom, 100 + 16);
        byte[] memory = new byte[1 << 20];
        rom[99] = 1;
        VgaFont.Load(rom, memory);
        Assert.Equal(face, Enumerable.Range(0, 16).Select(line => memory[((32 + line) * 4) + 2]));
    }

    [Fact]
    public void A_saved_display_shows_the_same()
    {
        SetDisplay(64, 48, 8);
        Out(0x3C8, 1);
        Out(0x3C9, 63);
        ulong frame = _board.Configuration(1, 0x10) & ~0xFu;
        _board.Space.Write(frame + 70, AccessWidth.Byte, 1, 0);
        using Vga other = new(new TestBoard(), MemoryLength, []);
        TestDomain.Restore(other, TestDomain.Save(_vga));
        Assert.Equal((64, 48), (other.Width, other.Height));
        uint[] picture = new uint[64 * 48];
        other.ReadPixels(picture);
        Assert.Equal(Picture(), picture);
        Assert.Equal(0xFF0000u, picture[70] & 0xFF0000);
    }

    [Fact]
    public void No_order_of_register_writes_breaks_the_renderer()
    {
        Random random = new(20);
        int[] ports = [0x3C0, 0x3C2, 0x3C4, 0x3C5, 0x3C9, 0x3CE, 0x3CF, 0x3D4, 0x3D5, 0x3DA];
        for (int round = 0; round < 300; round++)
        {
            for (int i = 0; i < 40; i++)
            {
                if (random.Next(4) == 0)
                    SetDispi(random.Next(12), random.Next(3) == 0 ? random.Next(65536) : (int)(random.NextInt64(300) * 8));
                else if (random.Next(6) == 0)
                    SetDispi(3, (int[])[4, 8, 15, 16, 24, 32] is var depths ? depths[random.Next(6)] : 0);
                else if (random.Next(8) == 0)
                    SetDispi(4, random.Next(256));
                else
                    Out(ports[random.Next(ports.Length)], random.Next(256));
                Store(0xA_0000 + (uint)random.Next(0x2_0000), random.Next(256));
                Load(0xA_0000 + (uint)random.Next(0x2_0000));
            }

            Assert.InRange(_vga.Width, 1, 2560);
            Assert.InRange(_vga.Height, 1, 1600);
            Assert.Equal(_vga.Width * _vga.Height, Picture().Length);
        }
    }

    private uint[] Picture()
    {
        uint[] pixels = new uint[_vga.Width * _vga.Height];
        _vga.ReadPixels(pixels);
        return pixels;
    }

    // 640 by 400 or 320 by 400 pixels, the window of 64 KiB at A0000h, planes one by one.
    private void GraphicsMode(int shift)
    {
        SetIndexed(0x3C4, 4, 0x06);
        SetIndexed(0x3C4, 2, 0x0F);
        SetIndexed(0x3CE, 5, shift);
        SetIndexed(0x3CE, 6, 0x05);
    }

    private void LoadGlyph(int character, byte[] lines)
    {
        SetIndexed(0x3C4, 4, 0x06);
        SetIndexed(0x3C4, 2, 0x04);
        SetIndexed(0x3CE, 5, 0x00);
        SetIndexed(0x3CE, 6, 0x04);
        for (int i = 0; i < lines.Length; i++)
            Store(0xA_0000 + (uint)((character * 32) + i), lines[i]);
        SetIndexed(0x3C4, 4, 0x02);
        SetIndexed(0x3C4, 2, 0x03);
        SetIndexed(0x3CE, 5, 0x10);
        SetIndexed(0x3CE, 6, 0x0E);
    }

    private byte[] Planes(uint address)
    {
        int mode = GetIndexed(0x3CE, 5);
        SetIndexed(0x3CE, 5, 0);
        byte[] planes = new byte[4];
        for (int plane = 0; plane < 4; plane++)
        {
            SetIndexed(0x3CE, 4, plane);
            planes[plane] = (byte)Load(address);
        }

        SetIndexed(0x3CE, 4, 0);
        SetIndexed(0x3CE, 5, mode);
        return planes;
    }

    private void SetDisplay(int width, int height, int depth)
    {
        SetDispi(4, 0);
        SetDispi(1, width);
        SetDispi(2, height);
        SetDispi(3, depth);
        SetDispi(4, 0x41);
    }

    private void SetDispi(int index, int value)
    {
        _board.Ports.Write(0x1CE, AccessWidth.Word, (uint)index, 0);
        _board.Ports.Write(0x1CF, AccessWidth.Word, (uint)value, 0);
    }

    private int GetDispi(int index)
    {
        _board.Ports.Write(0x1CE, AccessWidth.Word, (uint)index, 0);
        return (int)_board.Ports.Read(0x1CF, AccessWidth.Word, 0);
    }

    private void SetIndexed(int port, int index, int value) => _board.Ports.Write((ushort)port, AccessWidth.Word, (uint)(index | (value << 8)), 0);

    private int GetIndexed(int port, int index)
    {
        Out(port, index);
        return Get(port + 1);
    }

    private void Out(int port, int value) => _board.Ports.Write((ushort)port, AccessWidth.Byte, (uint)value, 0);

    private int Get(int port) => (int)_board.Ports.Read((ushort)port, AccessWidth.Byte, 0);

    private void Store(uint address, int value) => _board.Space.Write(address, AccessWidth.Byte, (uint)value, 0);

    private int Load(uint address) => (int)_board.Space.Read(address, AccessWidth.Byte, 0);
}
