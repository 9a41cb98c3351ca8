using Dominion.Persistence;

namespace Dominion.Devices.Pc.Display;

/// <summary>The Bochs display interface: linear modes by a handful of 16-bit registers (Bochs, "VBE DISPI" interface; QEMU, docs/specs/standard-vga.rst).</summary>
internal sealed class DispiRegisters : IPersistent
{
    /// <summary>How many registers there are.</summary>
    public const int Count = 11;

    private const int Id = 0;
    private const int XResolution = 1;
    private const int YResolution = 2;
    private const int BitsPerPixelRegister = 3;
    private const int Enable = 4;
    private const int BankRegister = 5;
    private const int VirtualWidth = 6;
    private const int VirtualHeight = 7;
    private const int XOffsetRegister = 8;
    private const int YOffsetRegister = 9;
    private const int VideoMemory = 10;

    private const ushort OldestId = 0xB0C0;
    private const ushort NewestId = 0xB0C5;
    private const ushort EnabledBit = 0x01;
    private const ushort CapabilitiesBit = 0x02;
    private const ushort Palette8Bit = 0x20;
    private const ushort KeepMemoryBit = 0x80;
    private const ushort EnableBits = 0xE3;
    private const int BankSize = 64 << 10;
    private const int MostWidth = 2560;
    private const int MostHeight = 1600;
    private const int MostBitsPerPixel = 32;

    private readonly ushort[] _registers = new ushort[Count];
    private readonly byte[] _memory;
    private readonly VgaPalette _palette;

    /// <summary>Makes the registers.</summary>
    /// <param name="memory">The video memory.</param>
    /// <param name="palette">The palette, whose width these registers set.</param>
    public DispiRegisters(byte[] memory, VgaPalette palette)
    {
        _memory = memory;
        _palette = palette;
        Reset();
    }

    /// <summary>Whether a linear mode is on, in place of VGA's own.</summary>
    public bool IsEnabled => (_registers[Enable] & EnabledBit) != 0;

    /// <summary>The picture's width in pixels.</summary>
    public int Width => _registers[XResolution];

    /// <summary>The picture's height in pixels.</summary>
    public int Height => _registers[YResolution];

    /// <summary>4, 8, 15, 16, 24 or 32.</summary>
    public int BitsPerPixel => _registers[BitsPerPixelRegister];

    /// <summary>Bytes from one row to the next; for 4 bits per pixel, of one plane.</summary>
    public int Pitch => BytesPerRow(_registers[VirtualWidth], BitsPerPixel);

    /// <summary>The picture's first pixel.</summary>
    public (int X, int Y) Offset => (_registers[XOffsetRegister], _registers[YOffsetRegister]);

    /// <summary>The offset in video memory of the legacy window.</summary>
    public int Bank => _registers[BankRegister] * BankSize;

    /// <summary>Switches linear modes off.</summary>
    public void Reset()
    {
        Array.Clear(_registers);
        _registers[Id] = NewestId;
        _registers[VideoMemory] = (ushort)(_memory.Length / BankSize);
    }

    /// <summary>Reads a register.</summary>
    /// <param name="index">Its number.</param>
    /// <returns>Its value; 0 for one that does not exist.</returns>
    public ushort Read(int index)
    {
        if (index >= Count)
            return 0;
        if ((_registers[Enable] & CapabilitiesBit) == 0)
            return _registers[index];
        return index switch
        {
            XResolution => MostWidth,
            YResolution => MostHeight,
            BitsPerPixelRegister => MostBitsPerPixel,
            _ => _registers[index],
        };
    }

    /// <summary>Writes a register. A value that makes no picture is not taken.</summary>
    /// <param name="index">Its number.</param>
    /// <param name="value">The value.</param>
    public void Write(int index, ushort value)
    {
        switch (index)
        {
            case Id when value is >= OldestId and <= NewestId:
                _registers[Id] = value;
                break;
            // The mode's geometry is fixed while it is on.
            case XResolution when !IsEnabled && value is >= 8 and <= MostWidth:
                _registers[XResolution] = (ushort)(value & ~7);
                break;
            case YResolution when !IsEnabled && value is > 0 and <= MostHeight:
            case BitsPerPixelRegister when !IsEnabled && IsDepth(value):
                _registers[index] = value;
                break;
            case Enable:
                WriteEnable((ushort)(value & EnableBits));
                break;
            case BankRegister when value < _memory.Length / BankSize:
                _registers[BankRegister] = value;
                break;
            case VirtualWidth when IsEnabled && value >= Width && value % 8 == 0 && BytesPerRow(value, BitsPerPixel) <= PlaneLength / Height:
                _registers[VirtualWidth] = value;
                _registers[VirtualHeight] = VirtualHeightOf();
                _registers[XOffsetRegister] = 0;
                _registers[YOffsetRegister] = 0;
                break;
            case XOffsetRegister when IsEnabled && value + Width <= _registers[VirtualWidth]:
                _registers[XOffsetRegister] = value;
                break;
            case YOffsetRegister when IsEnabled && value + Height <= _registers[VirtualHeight]:
                _registers[YOffsetRegister] = value;
                break;
        }
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("dispi", 1);
        foreach (ushort register in _registers)
            writer.Write((uint)register);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("dispi", 1);
        ushort[] saved = new ushort[Count];
        for (int i = 0; i < Count; i++)
            saved[i] = (ushort)reader.ReadUInt32();
        bool palette = _palette.Is8Bit;
        Reset();

        // In the order in which a guest has to write them; memory stays.
        foreach (int index in (int[])[Id, XResolution, YResolution, BitsPerPixelRegister])
            Write(index, saved[index]);
        Write(Enable, (ushort)(saved[Enable] | KeepMemoryBit));
        foreach (int index in (int[])[BankRegister, VirtualWidth, XOffsetRegister, YOffsetRegister])
            Write(index, saved[index]);
        _registers[Enable] = (ushort)(saved[Enable] & EnableBits & (IsEnabled ? 0xFFFF : ~EnabledBit));
        _palette.Is8Bit = palette;
    }

    private int PlaneLength => BitsPerPixel == 4 ? _memory.Length / 4 : _memory.Length;

    private static bool IsDepth(ushort value) => value is 4 or 8 or 15 or 16 or 24 or 32;

    private static int BytesPerRow(int width, int bitsPerPixel) => bitsPerPixel switch
    {
        4 => width / 8,
        15 => width * 2,
        _ => width * (bitsPerPixel / 8),
    };

    private ushort VirtualHeightOf() => (ushort)Math.Min(PlaneLength / Pitch, ushort.MaxValue);

    private void WriteEnable(ushort value)
    {
        bool starts = (value & EnabledBit) != 0 && !IsEnabled;
        if (starts && !Fits())
            value &= unchecked((ushort)~EnabledBit);
        else if (starts)
            Start((value & KeepMemoryBit) != 0);
        _registers[Enable] = value;
        _registers[BankRegister] = starts ? (ushort)0 : _registers[BankRegister];
        _palette.Is8Bit = (value & Palette8Bit) != 0;
    }

    private bool Fits() =>
        Width != 0 && Height != 0 && BitsPerPixel != 0 && (long)BytesPerRow(Width, BitsPerPixel) * Height <= PlaneLength;

    private void Start(bool keepMemory)
    {
        _registers[VirtualWidth] = _registers[XResolution];
        _registers[VirtualHeight] = VirtualHeightOf();
        _registers[XOffsetRegister] = 0;
        _registers[YOffsetRegister] = 0;
        if (!keepMemory)
            Array.Clear(_memory, 0, (int)Math.Min((long)Pitch * Height * (BitsPerPixel == 4 ? 4 : 1), _memory.Length));
    }
}
