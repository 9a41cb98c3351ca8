using Dominion.Buses;
using Dominion.Devices.Pc.Registers;
using Dominion.Persistence;
using Dominion.Services;

namespace Dominion.Devices.Pc.Input;

/// <summary>The 8042 keyboard controller at ports 0x60 and 0x64 with a keyboard on IRQ 1 (IBM PS/2 Hardware Interface Technical Reference, "Keyboard and Auxiliary Device Controller"). The auxiliary port reports itself absent.</summary>
internal sealed class I8042 : IDevice, ICharacterReceiver
{
    private const byte OutputFull = 0x01;
    private const byte SystemFlag = 0x04;
    private const byte LastWasCommand = 0x08;
    private const byte NotInhibited = 0x10;
    private const byte KeyboardInterrupt = 0x01;
    private const byte ConfigurationSystemFlag = 0x04;
    private const byte KeyboardDisabled = 0x10;
    private const byte AuxiliaryDisabled = 0x20;
    private const byte Translates = 0x40;
    private const byte DefaultConfiguration = Translates | AuxiliaryDisabled | ConfigurationSystemFlag | KeyboardInterrupt;

    // Output port: not in reset, A20 open; the rest follows the output buffer.
    private const byte OutputPort = 0xCF;
    private readonly string _name;
    private readonly IDomainControl _control;
    private readonly IInterruptLine _line;
    private readonly IBusMapping[] _mappings;
    private readonly ICharacterLink? _link;
    private readonly Ps2Keyboard _keyboard = new();
    private readonly byte[] _memory = new byte[32];
    private byte _command;
    private byte _output;
    private bool _outputFull;
    private bool _fromKeyboard;
    private bool _lastWasCommand;
    private bool _released;

    /// <summary>Puts the controller on its ports.</summary>
    /// <param name="context">What the board gives.</param>
    /// <param name="options">What is typed.</param>
    public I8042(IDeviceContext context, I8042Options options)
    {
        _name = context.Name;
        _control = context.Control;
        _line = context.GetInterruptLine(1);
        _link = options.Input is { } input ? context.GetService(input).Connect(this, context.Post) : null;
        _mappings =
        [
            context.Ports.Map(0x60, 1, new RegisterMap(1, 1).At(0, "Output/input buffer", ReadOutput, (value, _) => WriteInput((byte)value)), context.Name),
            context.Ports.Map(0x64, 1, new RegisterMap(1, 1).At(0, "Status/command", ReadStatus, (value, _) => WriteCommand((byte)value)), context.Name),
        ];
        Reset();
    }

    private byte Configuration
    {
        get => _memory[0];
        set => _memory[0] = value;
    }

    /// <inheritdoc/>
    public int Receive(ReadOnlySpan<byte> bytes)
    {
        int taken = 0;
        while (taken < bytes.Length && _keyboard.HasRoom)
        {
            // What the keyboard has no key for is left out.
            if (ScanCodes.TryFind((char)bytes[taken], out byte code, out byte modifier))
                _keyboard.Type(code, modifier);
            taken++;
        }

        Fill();
        return taken;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        Array.Clear(_memory);
        Configuration = DefaultConfiguration;
        _command = 0;
        _output = 0;
        _outputFull = false;
        _fromKeyboard = false;
        _lastWasCommand = false;
        _released = false;
        // Firmware has tested the keyboard and taken its answer.
        _keyboard.Reset();
        _keyboard.Send();
        Update();
        _link?.Ready();
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("i8042", 1);
        writer.Write(_memory);
        writer.Write(_command);
        writer.Write(_output);
        writer.Write(_outputFull);
        writer.Write(_fromKeyboard);
        writer.Write(_lastWasCommand);
        writer.Write(_released);
        _keyboard.Save(writer);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("i8042", 1);
        byte[] memory = reader.ReadBytes();
        if (memory.Length != _memory.Length)
            throw new InvalidDataException($"the keyboard controller has {_memory.Length} bytes of RAM, not {memory.Length}");
        memory.CopyTo(_memory, 0);
        _command = reader.ReadByte();
        _output = reader.ReadByte();
        _outputFull = reader.ReadBoolean();
        _fromKeyboard = reader.ReadBoolean();
        _lastWasCommand = reader.ReadBoolean();
        _released = reader.ReadBoolean();
        _keyboard.Restore(reader);
        Update();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _link?.Dispose();
        foreach (IBusMapping mapping in _mappings)
            mapping.Dispose();
    }

    private uint ReadStatus() =>
        (uint)(NotInhibited | (Configuration & SystemFlag) | (_outputFull ? OutputFull : 0) | (_lastWasCommand ? LastWasCommand : 0));

    private uint ReadOutput()
    {
        byte value = _output;
        _outputFull = false;
        Update();
        Fill();
        _link?.Ready();
        return value;
    }

    private void WriteInput(byte value)
    {
        _lastWasCommand = false;
        byte command = _command;
        _command = 0;
        switch (command)
        {
            case >= 0x60 and <= 0x7F:
                _memory[command & 0x1F] = value;
                if (command == 0x60)
                {
                    Update();
                    Fill();
                }

                break;
            case 0xD1:
                WriteOutputPort(value);
                break;
            case 0xD2:
                Put(value, fromKeyboard: true);
                break;
            case 0xD3:
                // No auxiliary port: the byte comes back without its mark.
                Put(value, fromKeyboard: false);
                break;
            case 0xD4:
                // Nobody answers there.
                Put(0xFE, fromKeyboard: false);
                break;
            default:
                // A byte for the keyboard switches its interface on.
                Configuration &= unchecked((byte)~KeyboardDisabled);
                _keyboard.Receive(value);
                Fill();
                break;
        }
    }

    private void WriteCommand(byte command)
    {
        _lastWasCommand = true;
        _command = 0;
        switch (command)
        {
            case >= 0x20 and <= 0x3F:
                Put(_memory[command & 0x1F], fromKeyboard: false);
                break;
            case >= 0x60 and <= 0x7F or 0xD1 or 0xD2 or 0xD3 or 0xD4:
                _command = command;
                break;
            case 0xA7:
                Configuration |= AuxiliaryDisabled;
                break;
            case 0xA8:
                // There is no auxiliary port to switch on.
                break;
            case 0xA9:
                // Clock line stuck low: nothing is connected.
                Put(0x01, fromKeyboard: false);
                break;
            case 0xAA:
                Configuration |= ConfigurationSystemFlag;
                Put(0x55, fromKeyboard: false);
                break;
            case 0xAB:
                Put(0x00, fromKeyboard: false);
                break;
            case 0xAD:
                Configuration |= KeyboardDisabled;
                break;
            case 0xAE:
                Configuration &= unchecked((byte)~KeyboardDisabled);
                Fill();
                break;
            case 0xC0:
                // Input port: the keyboard is not locked.
                Put(0x80, fromKeyboard: false);
                break;
            case 0xD0:
                Put((byte)(OutputPort | (_outputFull ? 0x10 : 0)), fromKeyboard: false);
                break;
            case >= 0xF0 when (command & 1) == 0:
                // Pulses output port bit 0, the reset line.
                _control.Reset(_name);
                break;
        }
    }

    private void WriteOutputPort(byte value)
    {
        if ((value & 1) == 0)
            _control.Reset(_name);
    }

    private void Put(byte value, bool fromKeyboard)
    {
        _output = value;
        _outputFull = true;
        _fromKeyboard = fromKeyboard;
        Update();
    }

    // Takes the keyboard's next byte when the output buffer is free.
    private void Fill()
    {
        while (!_outputFull && (Configuration & KeyboardDisabled) == 0 && _keyboard.HasOutput)
        {
            byte value = _keyboard.Send();
            if ((Configuration & Translates) == 0)
            {
                Put(value, fromKeyboard: true);
                return;
            }

            // The release prefix becomes the key's highest bit.
            if (value == ScanCodes.Release)
            {
                _released = true;
                continue;
            }

            Put((byte)(ScanCodes.Translate(value) | (_released ? 0x80 : 0)), fromKeyboard: true);
            _released = false;
        }
    }

    private void Update() => _line.Set(_outputFull && _fromKeyboard && (Configuration & KeyboardInterrupt) != 0);
}
