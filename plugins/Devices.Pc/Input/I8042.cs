using Dominion.Buses;
using Dominion.Devices.Pc.Mainboard;
using Dominion.Devices.Pc.Registers;
using Dominion.Persistence;
using Dominion.Services;

namespace Dominion.Devices.Pc.Input;

/// <summary>The 8042 keyboard controller at ports 0x60 and 0x64 with a keyboard on IRQ 1 and a mouse at the auxiliary port on IRQ 12 (IBM PS/2 Hardware Interface Technical Reference, "Keyboard and Auxiliary Device Controller").</summary>
internal sealed class I8042 : IDevice, ICharacterReceiver, IInitSource
{
    private const byte OutputFull = 0x01;
    private const byte SystemFlag = 0x04;
    private const byte LastWasCommand = 0x08;
    private const byte NotInhibited = 0x10;
    private const byte OutputFromAuxiliary = 0x20;
    private const byte KeyboardInterrupt = 0x01;
    private const byte AuxiliaryInterrupt = 0x02;
    private const byte ConfigurationSystemFlag = 0x04;
    private const byte KeyboardDisabled = 0x10;
    private const byte AuxiliaryDisabled = 0x20;
    private const byte Translates = 0x40;
    private const byte DefaultConfiguration = Translates | AuxiliaryDisabled | ConfigurationSystemFlag | KeyboardInterrupt;

    // Output port: not in reset, A20 open; the rest follows the output buffer.
    private const byte OutputPort = 0xCF;
    private readonly IInterruptLine _line;
    private readonly IInterruptLine _auxiliaryLine;
    private readonly IBusMapping[] _mappings;
    private readonly ICharacterLink? _link;
    private readonly ICharacterLink? _pointerLink;
    private readonly Ps2Keyboard _keyboard = new();
    private readonly Ps2Mouse? _mouse;
    private readonly PointerInput? _pointer;
    private readonly byte[] _memory = new byte[32];
    private byte _command;
    private byte _output;
    private bool _outputFull;
    private Source _source;
    private bool _lastWasCommand;
    private bool _released;

    /// <summary>Puts the controller on its ports.</summary>
    /// <param name="context">What the board gives.</param>
    /// <param name="options">What is typed.</param>
    public I8042(IDeviceContext context, I8042Options options)
    {
        Init = new InitPin(context.Control, context.Name);
        _line = context.GetInterruptLine(1);
        _auxiliaryLine = context.GetInterruptLine(12);
        if (options.Mouse)
        {
            _mouse = new Ps2Mouse();
            _pointer = new PointerInput(_mouse, Fill);
        }

        _link = options.Input is { } input ? context.GetService(input).Connect(this, context.Post) : null;
        if (_pointer is not null && options.Pointer is { } pointer)
            _pointerLink = context.GetService(pointer).Connect(_pointer, context.Post);
        _mappings =
        [
            context.Ports.Map(0x60, 1, new RegisterMap(1, 1).At(0, "Output/input buffer", ReadOutput, (value, _) => WriteInput((byte)value)), context.Name),
            context.Ports.Map(0x64, 1, new RegisterMap(1, 1).At(0, "Status/command", ReadStatus, (value, _) => WriteCommand((byte)value)), context.Name),
        ];
        Reset();
    }

    // Where the byte in the output buffer came from.
    private enum Source : byte
    {
        Controller,
        Keyboard,
        Auxiliary,
    }

    /// <inheritdoc/>
    public InitPin Init { get; }

    /// <summary>Whether there is a mouse at the auxiliary port.</summary>
    public bool HasMouse => _mouse is not null;

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
        _source = Source.Controller;
        _lastWasCommand = false;
        _released = false;
        // Firmware has tested the keyboard and taken its answer.
        _keyboard.Reset();
        _keyboard.Send();
        _pointer?.Reset();
        _mouse?.Reset();
        while (_mouse is { HasOutput: true })
            _mouse.Send();
        Update();
        _link?.Ready();
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("i8042", 2);
        writer.Write(_memory);
        writer.Write(_command);
        writer.Write(_output);
        writer.Write(_outputFull);
        writer.Write((byte)_source);
        writer.Write(_lastWasCommand);
        writer.Write(_released);
        _keyboard.Save(writer);
        writer.Write(_mouse is not null);
        _mouse?.Save(writer);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        if (reader.BeginSection("i8042", 2) != 2)
            throw new InvalidDataException("the keyboard controller's state is of a version without a mouse");
        byte[] memory = reader.ReadBytes();
        if (memory.Length != _memory.Length)
            throw new InvalidDataException($"the keyboard controller has {_memory.Length} bytes of RAM, not {memory.Length}");
        memory.CopyTo(_memory, 0);
        _command = reader.ReadByte();
        _output = reader.ReadByte();
        _outputFull = reader.ReadBoolean();
        _source = (Source)reader.ReadByte();
        if (_source > Source.Auxiliary)
            throw new InvalidDataException("the keyboard controller's byte is from nowhere");
        _lastWasCommand = reader.ReadBoolean();
        _released = reader.ReadBoolean();
        _keyboard.Restore(reader);
        if (reader.ReadBoolean() != _mouse is not null)
            throw new InvalidDataException("only one of the saved machine and this one has a mouse");
        _mouse?.Restore(reader);
        _pointer?.Reset();
        Update();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _link?.Dispose();
        _pointerLink?.Dispose();
        foreach (IBusMapping mapping in _mappings)
            mapping.Dispose();
    }

    private uint ReadStatus() =>
        (uint)(NotInhibited | (Configuration & SystemFlag) | (_outputFull ? OutputFull : 0) | (_outputFull && _source == Source.Auxiliary ? OutputFromAuxiliary : 0) | (_lastWasCommand ? LastWasCommand : 0));

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
                Put(value, Source.Keyboard);
                break;
            case 0xD3:
                // The byte comes back as if the mouse had sent it.
                Put(value, Source.Auxiliary);
                break;
            case 0xD4:
                // A byte for the mouse switches its interface on. Where there is none, the controller says that it was not taken.
                Configuration &= unchecked((byte)~AuxiliaryDisabled);
                if (_mouse is null)
                {
                    Put(0xFE, Source.Auxiliary);
                    break;
                }

                _mouse.Receive(value);
                Fill();
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
                Put(_memory[command & 0x1F], Source.Controller);
                break;
            case >= 0x60 and <= 0x7F or 0xD1 or 0xD2 or 0xD3 or 0xD4:
                _command = command;
                break;
            case 0xA7:
                Configuration |= AuxiliaryDisabled;
                break;
            case 0xA8:
                Configuration &= unchecked((byte)~AuxiliaryDisabled);
                Fill();
                break;
            case 0xA9:
                // 1: the clock line is stuck low, since nothing is connected.
                Put(_mouse is null ? (byte)0x01 : (byte)0x00, Source.Controller);
                break;
            case 0xAA:
                Configuration |= ConfigurationSystemFlag;
                Put(0x55, Source.Controller);
                break;
            case 0xAB:
                Put(0x00, Source.Controller);
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
                Put(0x80, Source.Controller);
                break;
            case 0xD0:
                Put((byte)(OutputPort | (_outputFull ? _source == Source.Auxiliary ? 0x20 : 0x10 : 0)), Source.Controller);
                break;
            case >= 0xF0 when (command & 1) == 0:
                // Pulses output port bit 0, the processors' reset line, which chipsets make INIT# of.
                Init.Pulse();
                break;
        }
    }

    private void WriteOutputPort(byte value)
    {
        if ((value & 1) == 0)
            Init.Pulse();
    }

    private void Put(byte value, Source source)
    {
        _output = value;
        _outputFull = true;
        _source = source;
        Update();
    }

    // Takes the next byte of the keyboard or the mouse when the output buffer is free.
    private void Fill()
    {
        FillFromKeyboard();
        if (!_outputFull && (Configuration & AuxiliaryDisabled) == 0 && _mouse is { HasOutput: true })
            Put(_mouse.Send(), Source.Auxiliary);
    }

    private void FillFromKeyboard()
    {
        while (!_outputFull && (Configuration & KeyboardDisabled) == 0 && _keyboard.HasOutput)
        {
            byte value = _keyboard.Send();
            if ((Configuration & Translates) == 0)
            {
                Put(value, Source.Keyboard);
                return;
            }

            // The release prefix becomes the key's highest bit.
            if (value == ScanCodes.Release)
            {
                _released = true;
                continue;
            }

            Put((byte)(ScanCodes.Translate(value) | (_released ? 0x80 : 0)), Source.Keyboard);
            _released = false;
        }
    }

    private void Update()
    {
        _line.Set(_outputFull && _source == Source.Keyboard && (Configuration & KeyboardInterrupt) != 0);
        _auxiliaryLine.Set(_outputFull && _source == Source.Auxiliary && (Configuration & AuxiliaryInterrupt) != 0);
    }
}
