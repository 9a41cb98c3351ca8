using Dominion.Persistence;

namespace Dominion.Devices.Pc.Display;

/// <summary>The palette with its digital-to-analogue converter: 256 colours of three components, read and written through an index that moves on.</summary>
internal sealed class VgaPalette : IPersistent
{
    private const int EntryCount = 256;
    private const uint ReadState = 3;
    private readonly byte[] _components = new byte[EntryCount * 3];
    private byte _mask;
    private int _readAt;
    private int _writeAt;
    private bool _isReading;

    /// <summary>Makes the palette.</summary>
    public VgaPalette() => Reset();

    /// <summary>Whether a component has 8 bits, not 6.</summary>
    public bool Is8Bit { get; set; }

    /// <summary>Takes the 64 colours of an EGA: what a video BIOS leaves behind in text modes.</summary>
    public void Reset()
    {
        Array.Clear(_components);
        for (int i = 0; i < 64; i++)
        {
            // Bits 2–0 are two thirds of red, green and blue; bits 5–3 the last third.
            for (int component = 0; component < 3; component++)
            {
                int bit = 2 - component;
                _components[(3 * i) + component] = (byte)((((i >> bit) & 1) * 42) + (((i >> (bit + 3)) & 1) * 21));
            }
        }

        _mask = 0xFF;
        _readAt = 0;
        _writeAt = 0;
        _isReading = false;
        Is8Bit = false;
    }

    /// <summary>Reads the pixel mask.</summary>
    public uint ReadMask() => _mask;

    /// <summary>Writes the pixel mask.</summary>
    public void WriteMask(uint value) => _mask = (byte)value;

    /// <summary>Reads which index was written last: 3 for the read index, 0 for the write index.</summary>
    public uint ReadStateRegister() => _isReading ? ReadState : 0;

    /// <summary>Writes the read index.</summary>
    public void WriteReadIndex(uint value)
    {
        _readAt = (int)(value & 0xFF) * 3;
        _isReading = true;
    }

    /// <summary>Reads the write index.</summary>
    public uint ReadWriteIndex() => (uint)_writeAt / 3;

    /// <summary>Writes the write index.</summary>
    public void WriteWriteIndex(uint value)
    {
        _writeAt = (int)(value & 0xFF) * 3;
        _isReading = false;
    }

    /// <summary>Reads the next component.</summary>
    public uint ReadData()
    {
        uint value = _components[_readAt];
        _readAt = (_readAt + 1) % _components.Length;
        return value;
    }

    /// <summary>Writes the next component.</summary>
    public void WriteData(uint value)
    {
        _components[_writeAt] = (byte)(Is8Bit ? value : value & 0x3F);
        _writeAt = (_writeAt + 1) % _components.Length;
    }

    /// <summary>A colour as a display shows it.</summary>
    /// <param name="index">The index, before the pixel mask.</param>
    /// <returns>Red in bits 23–16, green in 15–8, blue in 7–0.</returns>
    public uint ColorOf(int index)
    {
        int at = (index & _mask) * 3;
        return ((uint)Widen(_components[at]) << 16) | ((uint)Widen(_components[at + 1]) << 8) | Widen(_components[at + 2]);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("vga-palette", 1);
        writer.Write(_components.AsSpan());
        writer.Write((uint)_mask);
        writer.Write(_readAt);
        writer.Write(_writeAt);
        writer.Write(_isReading);
        writer.Write(Is8Bit);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("vga-palette", 1);
        byte[] bytes = reader.ReadBytes();
        if (bytes.Length != _components.Length)
            throw new InvalidDataException($"a palette of {bytes.Length} bytes");
        bytes.CopyTo(_components, 0);
        _mask = (byte)reader.ReadUInt32();
        _readAt = (int)((uint)reader.ReadInt32() % (uint)_components.Length);
        _writeAt = (int)((uint)reader.ReadInt32() % (uint)_components.Length);
        _isReading = reader.ReadBoolean();
        Is8Bit = reader.ReadBoolean();
    }

    private byte Widen(byte component) => Is8Bit ? component : (byte)((component << 2) | (component >> 4));
}
