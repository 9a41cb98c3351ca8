using System.Numerics;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Interrupts;

/// <summary>One 8259A (Intel data sheet 231468) with the chipset's edge/level register. Has no lock: <see cref="I8259"/> holds one around every call.</summary>
internal sealed class I8259Chip
{
    private readonly byte _levelMask;
    private byte _lines;
    private byte _requests;
    private byte _inService;
    private byte _mask;
    private byte _levels;
    private byte _vectorBase;
    private byte _lowestPriority = 7;
    private byte _wiring;
    private InitializationStep _step;
    private bool _single;
    private bool _needsIcw4;
    private bool _autoEnd;
    private bool _rotateOnAutoEnd;
    private bool _specialFullyNested;
    private bool _specialMask;
    private bool _readInService;
    private bool _poll;

    /// <summary>Makes a chip.</summary>
    /// <param name="isMaster">Whether the other chip hangs on input 2.</param>
    /// <param name="levelMask">Which inputs can be switched to level triggering.</param>
    public I8259Chip(bool isMaster, byte levelMask)
    {
        IsMaster = isMaster;
        _levelMask = levelMask;
    }

    private enum InitializationStep : byte
    {
        None,
        Icw2,
        Icw3,
        Icw4,
    }

    /// <summary>Whether the other chip hangs on input 2.</summary>
    public bool IsMaster { get; }

    /// <summary>The INT output.</summary>
    public bool Request => Highest() >= 0;

    /// <summary>The edge/level control register (0x4D0 or 0x4D1): a set bit makes the input level-triggered.</summary>
    public byte Levels
    {
        get => _levels;
        set
        {
            _levels = (byte)(value & _levelMask);
            _requests = (byte)((_requests & ~_levels) | (_lines & _levels));
        }
    }

    /// <summary>Power-on: nothing is masked by the data sheet, but no vector is set up either, so nothing asks until ICW1.</summary>
    public void Reset()
    {
        Initialize(0);
        _step = InitializationStep.None;
        _mask = 0xFF;
        _vectorBase = 0;
        _levels = 0;
        _requests = 0;
    }

    /// <summary>Drives an input. An edge request that goes away before it is acknowledged is lost (data sheet, "Interrupt Sequence": the default IR7 results).</summary>
    /// <param name="input">0 to 7.</param>
    /// <param name="asserted">The level.</param>
    public void SetInput(int input, bool asserted)
    {
        byte bit = (byte)(1 << input);
        if (!asserted)
        {
            _lines &= (byte)~bit;
            _requests &= (byte)~bit;
            return;
        }

        if ((_levels & bit) != 0 || (_lines & bit) == 0)
            _requests |= bit;
        _lines |= bit;
    }

    /// <summary>The acknowledge cycle.</summary>
    /// <param name="input">The input that is served; 7 for a spurious one.</param>
    /// <returns>The vector.</returns>
    public int Acknowledge(out int input)
    {
        input = Serve();
        return _vectorBase + (input < 0 ? input = 7 : input);
    }

    /// <summary>Reads a port.</summary>
    /// <param name="offset">0 for the command port, 1 for the data port.</param>
    /// <returns>The value.</returns>
    public byte Read(int offset)
    {
        if (_poll)
        {
            _poll = false;
            int input = Serve();
            return input < 0 ? (byte)0 : (byte)(0x80 | input);
        }

        return offset == 1 ? _mask : _readInService ? _inService : _requests;
    }

    /// <summary>Writes a port.</summary>
    /// <param name="offset">0 for the command port, 1 for the data port.</param>
    /// <param name="value">The value.</param>
    public void Write(int offset, byte value)
    {
        if (offset == 1)
            WriteData(value);
        else if ((value & 0x10) != 0)
            Initialize(value);
        else if ((value & 0x08) != 0)
            WriteOcw3(value);
        else
            WriteOcw2(value);
    }

    /// <summary>Writes the state.</summary>
    /// <param name="writer">Where to.</param>
    public void Save(StateWriter writer)
    {
        writer.Write(_lines);
        writer.Write(_requests);
        writer.Write(_inService);
        writer.Write(_mask);
        writer.Write(_levels);
        writer.Write(_vectorBase);
        writer.Write(_lowestPriority);
        writer.Write(_wiring);
        writer.Write((byte)_step);
        writer.Write(_single);
        writer.Write(_needsIcw4);
        writer.Write(_autoEnd);
        writer.Write(_rotateOnAutoEnd);
        writer.Write(_specialFullyNested);
        writer.Write(_specialMask);
        writer.Write(_readInService);
        writer.Write(_poll);
    }

    /// <summary>Reads the state.</summary>
    /// <param name="reader">Where from.</param>
    public void Restore(StateReader reader)
    {
        _lines = reader.ReadByte();
        _requests = reader.ReadByte();
        _inService = reader.ReadByte();
        _mask = reader.ReadByte();
        _levels = reader.ReadByte();
        _vectorBase = reader.ReadByte();
        _lowestPriority = (byte)(reader.ReadByte() & 7);
        _wiring = reader.ReadByte();
        _step = (InitializationStep)reader.ReadByte();
        _single = reader.ReadBoolean();
        _needsIcw4 = reader.ReadBoolean();
        _autoEnd = reader.ReadBoolean();
        _rotateOnAutoEnd = reader.ReadBoolean();
        _specialFullyNested = reader.ReadBoolean();
        _specialMask = reader.ReadBoolean();
        _readInService = reader.ReadBoolean();
        _poll = reader.ReadBoolean();
    }

    // ICW1: clears the edge latches, the mask, special mask mode and the status read selection; IR7 becomes the lowest.
    private void Initialize(byte icw1)
    {
        _step = InitializationStep.Icw2;
        _single = (icw1 & 0x02) != 0;
        _needsIcw4 = (icw1 & 0x01) != 0;
        _requests = (byte)(_lines & _levels);
        _inService = 0;
        _mask = 0;
        _lowestPriority = 7;
        _autoEnd = false;
        _rotateOnAutoEnd = false;
        _specialFullyNested = false;
        _specialMask = false;
        _readInService = false;
        _poll = false;
    }

    private void WriteData(byte value)
    {
        switch (_step)
        {
            case InitializationStep.Icw2:
                _vectorBase = (byte)(value & 0xF8);
                _step = !_single ? InitializationStep.Icw3 : _needsIcw4 ? InitializationStep.Icw4 : InitializationStep.None;
                break;
            case InitializationStep.Icw3:
                // The board's wiring is what it is: the value is only kept.
                _wiring = value;
                _step = _needsIcw4 ? InitializationStep.Icw4 : InitializationStep.None;
                break;
            case InitializationStep.Icw4:
                _autoEnd = (value & 0x02) != 0;
                _specialFullyNested = (value & 0x10) != 0;
                _step = InitializationStep.None;
                break;
            default:
                _mask = value;
                break;
        }
    }

    private void WriteOcw2(byte value)
    {
        int level = value & 7;
        switch (value >> 5)
        {
            case 0:
                _rotateOnAutoEnd = false;
                break;
            case 1:
                EndHighest(rotate: false);
                break;
            case 3:
                _inService &= (byte)~(1 << level);
                break;
            case 4:
                _rotateOnAutoEnd = true;
                break;
            case 5:
                EndHighest(rotate: true);
                break;
            case 6:
                _lowestPriority = (byte)level;
                break;
            case 7:
                _inService &= (byte)~(1 << level);
                _lowestPriority = (byte)level;
                break;
        }
    }

    private void WriteOcw3(byte value)
    {
        if ((value & 0x40) != 0)
            _specialMask = (value & 0x20) != 0;
        if ((value & 0x04) != 0)
            _poll = true;
        else if ((value & 0x02) != 0)
            _readInService = (value & 0x01) != 0;
    }

    private void EndHighest(bool rotate)
    {
        // In special mask mode a non-specific EOI does not clear a bit that is masked (data sheet, "End of Interrupt").
        int candidates = _specialMask ? _inService & ~_mask : _inService;
        if (candidates == 0)
            return;
        int input = InputAt(PriorityOf(candidates));
        _inService &= (byte)~(1 << input);
        if (rotate)
            _lowestPriority = (byte)input;
    }

    private int Serve()
    {
        int input = Highest();
        if (input < 0)
            return -1;
        byte bit = (byte)(1 << input);
        if ((_levels & bit) == 0)
            _requests &= (byte)~bit;
        if (!_autoEnd)
            _inService |= bit;
        else if (_rotateOnAutoEnd)
            _lowestPriority = (byte)input;
        return input;
    }

    // The input that asks and may: not masked, and above everything in service.
    private int Highest()
    {
        int asking = _requests & ~_mask;
        if (asking == 0 || _step != InitializationStep.None)
            return -1;
        int serving = _inService;
        if (_specialMask)
        {
            // Every level that is not masked may ask, whatever else is served; only its own service blocks it.
            asking &= ~serving;
            serving = 0;
        }
        else if (_specialFullyNested && IsMaster)
        {
            serving &= ~4;
        }

        if (asking == 0)
            return -1;
        int priority = PriorityOf(asking);
        return serving != 0 && PriorityOf(serving) <= priority ? -1 : InputAt(priority);
    }

    // 0 is the highest: the input after the lowest one.
    private int PriorityOf(int bits) =>
        BitOperations.TrailingZeroCount((uint)((bits | (bits << 8)) >> (_lowestPriority + 1)));

    private int InputAt(int priority) => (priority + _lowestPriority + 1) & 7;
}
