using Dominion.Devices.Pc.Registers;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Network;

/// <summary>The card's serial EEPROM: 64 words on a Microwire bus, read bit by bit through EECD or a word at a time through EERD (Software Developer's Manual, 5). It is write protected.</summary>
internal sealed class E1000Eeprom : IPersistent
{
    private const int WordCount = 64;
    private const int AddressBits = 6;
    private const ushort ChecksumTarget = 0xBABA;
    private const uint Clock = 1 << 0;
    private const uint Select = 1 << 1;
    private const uint DataIn = 1 << 2;
    private const uint DataOut = 1 << 3;
    private const uint Request = 1 << 6;
    private const uint Grant = 1 << 7;
    private const uint Present = 1 << 8;
    private const uint Writable = Clock | Select | DataIn | (3u << 4) | Request;
    private const uint ReadDone = 1 << 4;
    private const int ReadOperation = 0b110;
    private readonly ushort[] _words = new ushort[WordCount];
    private uint _control;
    private uint _read;
    private int _shift;
    private int _bits;
    private bool _output;

    /// <summary>Programs the EEPROM.</summary>
    /// <param name="address">The station's address.</param>
    public E1000Eeprom(MacAddress address)
    {
        Span<byte> octets = stackalloc byte[6];
        address.CopyTo(octets);
        for (int i = 0; i < 3; i++)
            _words[i] = (ushort)(octets[2 * i] | (octets[(2 * i) + 1] << 8));
        _words[0x0A] = 0x640B;
        _words[0x0B] = E1000.SubsystemId;
        _words[0x0C] = E1000.VendorId;
        _words[0x0D] = E1000.DeviceId;
        _words[0x0E] = E1000.VendorId;
        ushort sum = 0;
        foreach (ushort word in _words)
            sum += word;
        _words[^1] = (ushort)(ChecksumTarget - sum);
    }

    /// <summary>Puts the registers in the card's table.</summary>
    /// <param name="map">The table.</param>
    public void Describe(RegisterMap map) =>
        map.At(0x010, "EECD", ReadControl, (value, mask) => WriteControl(Bits.Merge(_control, value, mask & Writable)))
            .At(0x014, "EERD", () => _read, (value, _) => Read(value));

    /// <summary>Reset of the bus.</summary>
    public void Reset()
    {
        _control = 0;
        _read = 0;
        Deselect();
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Write(_control);
        writer.Write(_read);
        writer.Write(_shift);
        writer.Write(_bits);
        writer.Write(_output);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        _control = reader.ReadUInt32() & Writable;
        _read = reader.ReadUInt32();
        _shift = reader.ReadInt32();
        _bits = reader.ReadInt32();
        if (_bits is < 0 or > 64)
            throw new InvalidDataException($"an EEPROM command of {_bits} bits");
        _output = reader.ReadBoolean();
    }

    private uint ReadControl() => _control | Present | ((_control & Request) != 0 ? Grant : 0) | (_output ? DataOut : 0);

    private void Deselect()
    {
        _shift = 0;
        _bits = 0;
        _output = true;
    }

    private void WriteControl(uint value)
    {
        bool rises = (value & ~_control & Clock) != 0;
        _control = value;
        if ((value & Select) == 0)
            Deselect();
        else if (rises)
            Shift((value & DataIn) != 0 ? 1 : 0);
    }

    // A start bit of 1, two bits of operation, the address; then a 0 and the word, its highest bit first, and the words after it.
    private void Shift(int bit)
    {
        const int CommandBits = 3 + AddressBits;
        if (_bits < CommandBits)
        {
            if (_bits == 0 && bit == 0)
                return;
            _shift = (_shift << 1) | bit;
            if (++_bits == CommandBits)
                _output = _shift >> AddressBits != ReadOperation;
            return;
        }

        if (_shift >> AddressBits != ReadOperation)
            return;
        int at = _bits - CommandBits;
        int address = _shift & (WordCount - 1);
        _output = ((_words[address] >> (15 - at)) & 1) != 0;
        if (at < 15)
        {
            _bits++;
            return;
        }

        _bits = CommandBits;
        _shift = (_shift & ~(WordCount - 1)) | ((address + 1) & (WordCount - 1));
    }

    private void Read(uint value)
    {
        const uint Start = 1;
        uint address = (value >> 8) & 0xFF;
        if ((value & Start) != 0)
            _read = (address << 8) | ReadDone | ((address < WordCount ? _words[address] : 0xFFFFu) << 16);
    }
}
