using Dominion.Persistence;
using Dominion.Time;

namespace Dominion.Devices.Pc.Display;

/// <summary>A VGA's registers (IBM VGA: PS/2 Hardware Interface Technical Reference, Video Subsystem; FreeVGA names them alike): sequencer, CRT controller, graphics controller, attribute controller, and what stands beside them.</summary>
internal sealed class VgaRegisters : IPersistent
{
    private const int SequencerCount = 5;
    private const int CrtControllerCount = 0x19;
    private const int GraphicsCount = 9;
    private const int AttributeCount = 0x15;
    private const int ProtectRegister = 0x11;
    private const byte ProtectBit = 0x80;
    private const int OverflowRegister = 0x07;
    private const byte OverflowLineCompare = 0x10;
    private const byte PaletteAddressSource = 0x20;

    // 400 lines and 49 of blanking at 31.46875 kHz.
    private const long LinePeriod = 31_778;
    private const long LinesPerFrame = 449;
    private const long VisibleLines = 400;
    private const long VisibleLinePart = 25_422;

    // The bits that each register keeps.
    private static readonly byte[] SequencerBits = [0x03, 0x3D, 0x0F, 0x3F, 0x0E];
    private static readonly byte[] GraphicsBits = [0x0F, 0x0F, 0x0F, 0x1F, 0x03, 0x7B, 0x0F, 0x0F, 0xFF];
    private static readonly byte[] AttributeBits =
        [.. Enumerable.Repeat((byte)0x3F, 16), 0xEF, 0xFF, 0x3F, 0x0F, 0x0F];

    // Mode 3, 80 by 25 characters of 9 by 16 pixels: what a video BIOS leaves behind, since there may be none.
    private static readonly byte[] TextSequencer = [0x03, 0x00, 0x03, 0x00, 0x02];
    private static readonly byte[] TextCrtController =
    [
        0x5F, 0x4F, 0x50, 0x82, 0x55, 0x81, 0xBF, 0x1F, 0x00, 0x4F, 0x0D, 0x0E, 0x00,
        0x00, 0x00, 0x00, 0x9C, 0x8E, 0x8F, 0x28, 0x1F, 0x96, 0xB9, 0xA3, 0xFF,
    ];

    private static readonly byte[] TextGraphics = [0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x0E, 0x0F, 0xFF];
    private static readonly byte[] TextAttribute =
    [
        0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x14, 0x07, 0x38, 0x39, 0x3A, 0x3B, 0x3C, 0x3D, 0x3E, 0x3F,
        0x0C, 0x00, 0x0F, 0x08, 0x00,
    ];

    private const byte TextMiscellaneous = 0x67;

    private readonly IClock _clock;
    private readonly byte[] _sequencer = new byte[SequencerCount];
    private readonly byte[] _crtController = new byte[CrtControllerCount];
    private readonly byte[] _graphics = new byte[GraphicsCount];
    private readonly byte[] _attribute = new byte[AttributeCount];
    private byte _sequencerIndex;
    private byte _crtControllerIndex;
    private byte _graphicsIndex;
    private byte _attributeIndex;
    private bool _attributeWantsData;

    /// <summary>Makes the registers.</summary>
    /// <param name="clock">What the retrace follows.</param>
    public VgaRegisters(IClock clock)
    {
        _clock = clock;
        Reset();
    }

    /// <summary>The sequencer's registers.</summary>
    public ReadOnlySpan<byte> Sequencer => _sequencer;

    /// <summary>The CRT controller's registers.</summary>
    public ReadOnlySpan<byte> CrtController => _crtController;

    /// <summary>The graphics controller's registers.</summary>
    public ReadOnlySpan<byte> Graphics => _graphics;

    /// <summary>The attribute controller's registers.</summary>
    public ReadOnlySpan<byte> Attribute => _attribute;

    /// <summary>The miscellaneous output register.</summary>
    public byte Miscellaneous { get; private set; }

    /// <summary>The feature control register; without effect.</summary>
    public byte FeatureControl { get; private set; }

    /// <summary>Whether the CRT controller is at 3D4h, not at 3B4h.</summary>
    public bool IsColor => (Miscellaneous & 1) != 0;

    /// <summary>Whether the picture is shown: the palette is the attribute controller's, not the processor's.</summary>
    public bool IsVideoOn => (_attributeIndex & PaletteAddressSource) != 0;

    /// <summary>Takes the state of text mode 3.</summary>
    public void Reset()
    {
        TextSequencer.CopyTo(_sequencer, 0);
        TextCrtController.CopyTo(_crtController, 0);
        TextGraphics.CopyTo(_graphics, 0);
        TextAttribute.CopyTo(_attribute, 0);
        Miscellaneous = TextMiscellaneous;
        FeatureControl = 0;
        _sequencerIndex = 0;
        _crtControllerIndex = 0;
        _graphicsIndex = 0;
        _attributeIndex = PaletteAddressSource;
        _attributeWantsData = false;
    }

    /// <summary>Reads the sequencer's address register.</summary>
    public uint ReadSequencerIndex() => _sequencerIndex;

    /// <summary>Writes the sequencer's address register.</summary>
    public void WriteSequencerIndex(uint value) => _sequencerIndex = (byte)(value & 7);

    /// <summary>Reads the sequencer's register that is selected.</summary>
    public uint ReadSequencer() => _sequencerIndex < SequencerCount ? _sequencer[_sequencerIndex] : 0u;

    /// <summary>Writes the sequencer's register that is selected.</summary>
    public void WriteSequencer(uint value)
    {
        if (_sequencerIndex < SequencerCount)
            _sequencer[_sequencerIndex] = (byte)(value & SequencerBits[_sequencerIndex]);
    }

    /// <summary>Reads the CRT controller's address register.</summary>
    public uint ReadCrtControllerIndex() => _crtControllerIndex;

    /// <summary>Writes the CRT controller's address register.</summary>
    public void WriteCrtControllerIndex(uint value) => _crtControllerIndex = (byte)(value & 0x3F);

    /// <summary>Reads the CRT controller's register that is selected.</summary>
    public uint ReadCrtController() => _crtControllerIndex < CrtControllerCount ? _crtController[_crtControllerIndex] : 0u;

    /// <summary>Writes the CRT controller's register that is selected. Bit 7 of register 11h protects 00h to 07h, but for the line compare bit.</summary>
    public void WriteCrtController(uint value)
    {
        if (_crtControllerIndex >= CrtControllerCount)
            return;
        if (_crtControllerIndex > OverflowRegister || (_crtController[ProtectRegister] & ProtectBit) == 0)
            _crtController[_crtControllerIndex] = (byte)value;
        else if (_crtControllerIndex == OverflowRegister)
            _crtController[OverflowRegister] = (byte)((_crtController[OverflowRegister] & ~OverflowLineCompare) | ((byte)value & OverflowLineCompare));
    }

    /// <summary>Reads the graphics controller's address register.</summary>
    public uint ReadGraphicsIndex() => _graphicsIndex;

    /// <summary>Writes the graphics controller's address register.</summary>
    public void WriteGraphicsIndex(uint value) => _graphicsIndex = (byte)(value & 0x0F);

    /// <summary>Reads the graphics controller's register that is selected.</summary>
    public uint ReadGraphics() => _graphicsIndex < GraphicsCount ? _graphics[_graphicsIndex] : 0u;

    /// <summary>Writes the graphics controller's register that is selected.</summary>
    public void WriteGraphics(uint value)
    {
        if (_graphicsIndex < GraphicsCount)
            _graphics[_graphicsIndex] = (byte)(value & GraphicsBits[_graphicsIndex]);
    }

    /// <summary>Reads the attribute controller's address register.</summary>
    public uint ReadAttributeIndex() => _attributeIndex;

    /// <summary>Writes the attribute controller's one port, which takes address and data in turn. The palette is the processor's only while the picture is off.</summary>
    public void WriteAttribute(uint value)
    {
        _attributeWantsData = !_attributeWantsData;
        if (_attributeWantsData)
        {
            _attributeIndex = (byte)(value & 0x3F);
            return;
        }

        int index = _attributeIndex & 0x1F;
        if (index < AttributeCount && (index >= 16 || !IsVideoOn))
            _attribute[index] = (byte)(value & AttributeBits[index]);
    }

    /// <summary>Reads the attribute controller's register that is selected.</summary>
    public uint ReadAttribute() => (_attributeIndex & 0x1F) < AttributeCount ? _attribute[_attributeIndex & 0x1F] : 0u;

    /// <summary>Writes the miscellaneous output register.</summary>
    public void WriteMiscellaneous(uint value) => Miscellaneous = (byte)(value & 0xEF);

    /// <summary>Writes the feature control register.</summary>
    public void WriteFeatureControl(uint value) => FeatureControl = (byte)(value & 0x0B);

    /// <summary>Reads input status register 1: bit 0 while nothing is drawn, bit 3 in the vertical retrace. The attribute controller's port takes an address next.</summary>
    public uint ReadStatus()
    {
        _attributeWantsData = false;
        long inFrame = _clock.Now % (LinePeriod * LinesPerFrame);
        long line = inFrame / LinePeriod;
        if (line >= VisibleLines)
            return 0x09;
        return inFrame % LinePeriod >= VisibleLinePart ? 0x01u : 0u;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("vga-registers", 1);
        writer.Write(_sequencer.AsSpan());
        writer.Write(_crtController.AsSpan());
        writer.Write(_graphics.AsSpan());
        writer.Write(_attribute.AsSpan());
        writer.Write((byte[])[Miscellaneous, FeatureControl, _sequencerIndex, _crtControllerIndex, _graphicsIndex, _attributeIndex, (byte)(_attributeWantsData ? 1 : 0)]);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("vga-registers", 1);
        Read(reader, _sequencer, SequencerBits);
        Read(reader, _crtController, null);
        Read(reader, _graphics, GraphicsBits);
        Read(reader, _attribute, AttributeBits);
        byte[] rest = new byte[7];
        Read(reader, rest, null);
        WriteMiscellaneous(rest[0]);
        WriteFeatureControl(rest[1]);
        WriteSequencerIndex(rest[2]);
        WriteCrtControllerIndex(rest[3]);
        WriteGraphicsIndex(rest[4]);
        _attributeIndex = (byte)(rest[5] & 0x3F);
        _attributeWantsData = rest[6] != 0;
    }

    private static void Read(StateReader reader, byte[] registers, byte[]? bits)
    {
        byte[] bytes = reader.ReadBytes();
        if (bytes.Length != registers.Length)
            throw new InvalidDataException($"{bytes.Length} display registers, not {registers.Length}");
        for (int i = 0; i < bytes.Length; i++)
            registers[i] = (byte)(bytes[i] & (bits?[i] ?? 0xFF));
    }
}
