using Dominion.Persistence;

namespace Dominion.Devices.Pc.Input;

/// <summary>A PS/2 mouse with three buttons and the IntelliMouse's wheel (IBM PS/2 Hardware Interface Technical Reference, "Mouse"; Microsoft's IntelliMouse: the sample rates 200, 100, 80 in a row switch the wheel on).</summary>
internal sealed class Ps2Mouse
{
    private const int Capacity = 64;
    private const byte Acknowledge = 0xFA;
    private const byte Resend = 0xFE;
    private const byte SelfTestPassed = 0xAA;
    private const byte StandardId = 0;
    private const byte WheelId = 3;
    private const byte DefaultRate = 100;
    private const byte DefaultResolution = 2;
    private const int Longest = 255;
    private readonly Queue<byte> _output = new(Capacity);
    private bool _isReporting;
    private bool _isRemote;
    private bool _isWrapping;
    private bool _isScaled;
    private byte _resolution = DefaultResolution;
    private byte _rate = DefaultRate;
    private byte _id;
    private byte _knock;
    private byte _command;
    private byte _lastSent;

    // What has happened since the last report.
    private int _x;
    private int _y;
    private int _wheel;
    private byte _buttons;
    private byte _reported;

    /// <summary>Whether a byte waits to be sent.</summary>
    public bool HasOutput => _output.Count > 0;

    /// <summary>Power-on: the self-test's result and the id wait.</summary>
    public void Reset()
    {
        _output.Clear();
        SetDefaults();
        _id = StandardId;
        _knock = 0;
        _command = 0;
        _isWrapping = false;
        Forget();
        _buttons = 0;
        _reported = 0;
        _output.Enqueue(SelfTestPassed);
        _output.Enqueue(_id);
    }

    /// <summary>Takes the next byte that the mouse sends.</summary>
    /// <returns>The byte.</returns>
    public byte Send() => _lastSent = _output.Dequeue();

    /// <summary>Moves the mouse. Movements add up until there is room for a report.</summary>
    /// <param name="x">To the right.</param>
    /// <param name="y">Up, away from the user.</param>
    /// <param name="wheel">Turns of the wheel towards the user.</param>
    /// <param name="buttons">Bit 0 left, bit 1 right, bit 2 middle.</param>
    public void Move(int x, int y, int wheel, byte buttons)
    {
        _x = Math.Clamp(_x + Math.Clamp(x, -Longest, Longest), -Longest * 16, Longest * 16);
        _y = Math.Clamp(_y + Math.Clamp(y, -Longest, Longest), -Longest * 16, Longest * 16);
        _wheel = Math.Clamp(_wheel + Math.Clamp(wheel, -Longest, Longest), -Longest, Longest);
        _buttons = (byte)(buttons & 7);
        ReportAll();
    }

    /// <summary>A byte from the controller: a command or a command's argument.</summary>
    /// <param name="value">The byte.</param>
    public void Receive(byte value)
    {
        byte command = _command;
        _command = 0;

        // A command drops what is not sent yet.
        _output.Clear();
        if (_isWrapping && value is not (0xEC or 0xFF))
        {
            _output.Enqueue(value);
            return;
        }

        switch (command)
        {
            case 0xE8 when value < 4:
                _resolution = value;
                _output.Enqueue(Acknowledge);
                return;
            case 0xF3 when value < 0xE0:
                SetRate(value);
                _output.Enqueue(Acknowledge);
                return;
        }

        Execute(value);
    }

    /// <summary>Writes the state.</summary>
    /// <param name="writer">Where to.</param>
    public void Save(StateWriter writer)
    {
        writer.Write(_output.ToArray());
        writer.Write(_isReporting);
        writer.Write(_isRemote);
        writer.Write(_isWrapping);
        writer.Write(_isScaled);
        writer.Write(_resolution);
        writer.Write(_rate);
        writer.Write(_id);
        writer.Write(_knock);
        writer.Write(_command);
        writer.Write(_lastSent);
        writer.Write(_x);
        writer.Write(_y);
        writer.Write(_wheel);
        writer.Write(_buttons);
        writer.Write(_reported);
    }

    /// <summary>Reads the state.</summary>
    /// <param name="reader">Where from.</param>
    public void Restore(StateReader reader)
    {
        byte[] output = reader.ReadBytes();
        if (output.Length > Capacity)
            throw new InvalidDataException($"a mouse keeps {Capacity} bytes, not {output.Length}");
        _output.Clear();
        foreach (byte value in output)
            _output.Enqueue(value);
        _isReporting = reader.ReadBoolean();
        _isRemote = reader.ReadBoolean();
        _isWrapping = reader.ReadBoolean();
        _isScaled = reader.ReadBoolean();
        _resolution = reader.ReadByte();
        _rate = reader.ReadByte();
        _id = reader.ReadByte();
        _knock = reader.ReadByte();
        _command = reader.ReadByte();
        _lastSent = reader.ReadByte();
        _x = Math.Clamp(reader.ReadInt32(), -Longest * 16, Longest * 16);
        _y = Math.Clamp(reader.ReadInt32(), -Longest * 16, Longest * 16);
        _wheel = Math.Clamp(reader.ReadInt32(), -Longest, Longest);
        _buttons = (byte)(reader.ReadByte() & 7);
        _reported = (byte)(reader.ReadByte() & 7);
    }

    private void SetDefaults()
    {
        _isReporting = false;
        _isRemote = false;
        _isScaled = false;
        _resolution = DefaultResolution;
        _rate = DefaultRate;
    }

    private void Forget()
    {
        _x = 0;
        _y = 0;
        _wheel = 0;
    }

    private void SetRate(byte rate)
    {
        _knock = (_knock, rate) switch
        {
            (_, 200) => 1,
            (1, 100) => 2,
            _ => (byte)(_knock == 2 && rate == 80 ? 3 : 0),
        };
        if (_knock == 3)
        {
            _id = WheelId;
            _knock = 0;
        }

        _rate = rate;
    }

    private void Execute(byte command)
    {
        switch (command)
        {
            case 0xE6 or 0xE7:
                _isScaled = command == 0xE7;
                _output.Enqueue(Acknowledge);
                break;
            case 0xE8 or 0xF3:
                _command = command;
                _output.Enqueue(Acknowledge);
                break;
            case 0xE9:
                _output.Enqueue(Acknowledge);
                _output.Enqueue(DescribeStatus());
                _output.Enqueue(_resolution);
                _output.Enqueue(_rate);
                break;
            case 0xEA or 0xF0:
                _isRemote = command == 0xF0;
                Forget();
                _output.Enqueue(Acknowledge);
                break;
            case 0xEB:
                _output.Enqueue(Acknowledge);
                Report();
                break;
            case 0xEC or 0xEE:
                _isWrapping = command == 0xEE;
                _output.Enqueue(Acknowledge);
                break;
            case 0xF2:
                _output.Enqueue(Acknowledge);
                _output.Enqueue(_id);
                break;
            case 0xF4 or 0xF5:
                _isReporting = command == 0xF4;
                Forget();
                _output.Enqueue(Acknowledge);
                break;
            case 0xF6:
                SetDefaults();
                Forget();
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
                _output.Enqueue(_id);
                break;
            default:
                _output.Enqueue(Resend);
                break;
        }
    }

    // Bit 6 remote mode, 5 reporting, 4 scaling 2:1, then left, middle, right.
    private byte DescribeStatus() => (byte)((_isRemote ? 0x40 : 0) | (_isReporting ? 0x20 : 0) | (_isScaled ? 0x10 : 0)
        | ((_buttons & 1) << 2) | ((_buttons & 4) >> 1) | ((_buttons & 2) >> 1));

    private void ReportAll()
    {
        if (!_isReporting || _isRemote || _isWrapping)
            return;
        while (_output.Count <= Capacity - 4 && (_x != 0 || _y != 0 || (_wheel != 0 && _id == WheelId) || _buttons != _reported))
            Report();
    }

    // Three bytes: buttons with the signs, x, y; with a wheel a fourth.
    private void Report()
    {
        int x = Math.Clamp(_x, -Longest, Longest);
        int y = Math.Clamp(_y, -Longest, Longest);
        _x -= x;
        _y -= y;
        _output.Enqueue((byte)(_buttons | 0x08 | (x < 0 ? 0x10 : 0) | (y < 0 ? 0x20 : 0)));
        _output.Enqueue((byte)x);
        _output.Enqueue((byte)y);
        _reported = _buttons;
        int wheel = Math.Clamp(_wheel, -8, 7);
        _wheel -= wheel;
        if (_id == WheelId)
            _output.Enqueue((byte)wheel);
    }
}
