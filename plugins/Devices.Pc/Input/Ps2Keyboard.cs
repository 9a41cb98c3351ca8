using Dominion.Persistence;

namespace Dominion.Devices.Pc.Input;

/// <summary>A PS/2 keyboard with scan code set 2 (IBM PS/2 Hardware Interface Technical Reference, "Keyboards").</summary>
internal sealed class Ps2Keyboard
{
    private const int Capacity = 64;
    private const byte Acknowledge = 0xFA;
    private const byte Resend = 0xFE;
    private const byte SelfTestPassed = 0xAA;
    private readonly Queue<byte> _output = new(Capacity);
    private bool _scanning = true;
    private byte _command;
    private byte _lastSent;
    private byte _indicators;
    private byte _typematic = 0x2B;

    /// <summary>Whether a byte waits to be sent.</summary>
    public bool HasOutput => _output.Count > 0;

    /// <summary>Whether another key can be typed.</summary>
    public bool HasRoom => _scanning && _output.Count < Capacity - 8;

    /// <summary>Power-on: the self-test's result waits.</summary>
    public void Reset()
    {
        _output.Clear();
        SetDefaults();
        _scanning = true;
        _indicators = 0;
        _command = 0;
        _output.Enqueue(SelfTestPassed);
    }

    /// <summary>Takes the next byte that the keyboard sends.</summary>
    /// <returns>The byte.</returns>
    public byte Send() => _lastSent = _output.Dequeue();

    /// <summary>Presses and releases a key.</summary>
    /// <param name="code">The key in set 2.</param>
    /// <param name="modifier">The key that is held with it, or 0.</param>
    public void Type(byte code, byte modifier)
    {
        if (modifier != 0)
            _output.Enqueue(modifier);
        _output.Enqueue(code);
        _output.Enqueue(ScanCodes.Release);
        _output.Enqueue(code);
        if (modifier == 0)
            return;
        _output.Enqueue(ScanCodes.Release);
        _output.Enqueue(modifier);
    }

    /// <summary>A byte from the controller: a command or a command's argument.</summary>
    /// <param name="value">The byte.</param>
    public void Receive(byte value)
    {
        byte command = _command;
        _command = 0;

        // An answer overtakes keys: what is not sent yet is dropped, as a command does on the keyboard.
        if (_output.Count >= Capacity - 4)
            _output.Clear();
        switch (command)
        {
            case 0xED when value < 0x80:
                _indicators = (byte)(value & 7);
                _output.Enqueue(Acknowledge);
                return;
            case 0xF3 when value < 0x80:
                _typematic = value;
                _output.Enqueue(Acknowledge);
                return;
            case 0xF0 when value is 0 or 2:
                _output.Enqueue(Acknowledge);
                if (value == 0)
                    _output.Enqueue(2);
                return;
            case 0xF0 when value < 0x80:
                // Sets 1 and 3 are not there.
                _output.Enqueue(Resend);
                return;
        }

        Execute(value);
    }

    /// <summary>Writes the state.</summary>
    /// <param name="writer">Where to.</param>
    public void Save(StateWriter writer)
    {
        writer.Write(_output.ToArray());
        writer.Write(_scanning);
        writer.Write(_command);
        writer.Write(_lastSent);
        writer.Write(_indicators);
        writer.Write(_typematic);
    }

    /// <summary>Reads the state.</summary>
    /// <param name="reader">Where from.</param>
    public void Restore(StateReader reader)
    {
        byte[] output = reader.ReadBytes();
        if (output.Length > Capacity)
            throw new InvalidDataException($"a keyboard keeps {Capacity} bytes, not {output.Length}");
        _output.Clear();
        foreach (byte value in output)
            _output.Enqueue(value);
        _scanning = reader.ReadBoolean();
        _command = reader.ReadByte();
        _lastSent = reader.ReadByte();
        _indicators = reader.ReadByte();
        _typematic = reader.ReadByte();
    }

    private void SetDefaults() => _typematic = 0x2B;

    private void Execute(byte command)
    {
        switch (command)
        {
            case 0xED or 0xF0 or 0xF3:
                _command = command;
                _output.Enqueue(Acknowledge);
                break;
            case 0xEE:
                _output.Enqueue(0xEE);
                break;
            case 0xF2:
                _output.Enqueue(Acknowledge);
                _output.Enqueue(0xAB);
                _output.Enqueue(0x83);
                break;
            case 0xF4:
                _output.Clear();
                _scanning = true;
                _output.Enqueue(Acknowledge);
                break;
            case 0xF5 or 0xF6:
                _output.Clear();
                SetDefaults();
                _scanning = command == 0xF6;
                _output.Enqueue(Acknowledge);
                break;
            case >= 0xF7 and <= 0xFD:
                // Key types of set 3; acknowledged and without effect in set 2.
                _output.Enqueue(Acknowledge);
                break;
            case 0xFE:
                _output.Enqueue(_lastSent);
                break;
            case 0xFF:
                Reset();
                _output.Clear();
                _output.Enqueue(Acknowledge);
                _output.Enqueue(SelfTestPassed);
                break;
            default:
                _output.Enqueue(Resend);
                break;
        }
    }
}
