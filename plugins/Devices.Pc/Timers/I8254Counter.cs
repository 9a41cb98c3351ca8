using Dominion.Persistence;

namespace Dominion.Devices.Pc.Timers;

/// <summary>One counter of an 8254 (Intel data sheet 231164), as a function of the tick number: nothing is counted down, everything is computed when it is asked for.</summary>
internal sealed class I8254Counter
{
    private int _mode;
    private int _access = 3;
    private bool _decimal;
    private bool _gate;
    private bool _loaded;
    private bool _counting;
    private int _reload;
    private int _written;
    private bool _writtenLow;
    private long _start;
    private long _held;
    private int _pendingReload;
    private long _pendingAt;
    private bool _readHigh;
    private bool _latchedHigh;
    private int _latchedCount = -1;
    private int _latchedStatus = -1;

    /// <summary>Makes a counter.</summary>
    /// <param name="gate">The level of the GATE input.</param>
    public I8254Counter(bool gate)
    {
        _gate = gate;
    }

    /// <summary>The mode, 0 to 5.</summary>
    public int Mode => _mode;

    /// <summary>The GATE input.</summary>
    public bool Gate => _gate;

    private int Modulus => _decimal ? 10_000 : 65_536;

    // Modes 1 and 5 start at a rising edge of GATE, the others with the count.
    private bool IsTriggered => _mode is 1 or 5;

    /// <summary>Takes the state after power-on. The data sheet leaves it undefined; firmware leaves mode 3 and the full count.</summary>
    /// <param name="gate">The level of the GATE input.</param>
    /// <param name="now">The tick.</param>
    public void Reset(bool gate, long now)
    {
        _gate = gate;
        WriteControl(0x36, now);
        WriteCount(0, now);
        WriteCount(0, now);
    }

    /// <summary>A control word for this counter: a mode, or a latch command.</summary>
    /// <param name="value">The control word.</param>
    /// <param name="now">The tick.</param>
    public void WriteControl(byte value, long now)
    {
        int access = (value >> 4) & 3;
        if (access == 0)
        {
            LatchCount(now);
            return;
        }

        _access = access;
        int mode = (value >> 1) & 7;
        _mode = mode > 5 ? mode - 4 : mode;
        _decimal = (value & 1) != 0;
        _loaded = false;
        _counting = false;
        _writtenLow = false;
        _readHigh = false;
        _latchedCount = -1;
        _latchedStatus = -1;
        _pendingReload = 0;
        _held = 0;
    }

    /// <summary>A byte of the count.</summary>
    /// <param name="value">The byte.</param>
    /// <param name="now">The tick.</param>
    public void WriteCount(byte value, long now)
    {
        Synchronize(now);
        switch (_access)
        {
            case 1:
                Load(value, now);
                break;
            case 2:
                Load(value << 8, now);
                break;
            default:
                if (_writtenLow)
                {
                    _writtenLow = false;
                    Load(_written | (value << 8), now);
                    break;
                }

                _writtenLow = true;
                _written = value;
                // Mode 0: the first byte stops the counting and sets OUT low (data sheet, "Mode 0").
                if (_mode == 0)
                {
                    _loaded = false;
                    _counting = false;
                }

                break;
        }
    }

    /// <summary>Reads a byte: the latched status, the latched count, or the count as it stands.</summary>
    /// <param name="now">The tick.</param>
    /// <returns>The byte.</returns>
    public byte Read(long now)
    {
        if (_latchedStatus >= 0)
        {
            byte status = (byte)_latchedStatus;
            _latchedStatus = -1;
            return status;
        }

        if (_latchedCount >= 0)
        {
            int latched = _latchedCount;
            if (_access != 3 || _latchedHigh)
            {
                _latchedCount = -1;
                _latchedHigh = false;
                return (byte)(_access == 1 ? latched : latched >> 8);
            }

            _latchedHigh = true;
            return (byte)latched;
        }

        int count = Encode(CountAt(now));
        if (_access != 3)
            return (byte)(_access == 1 ? count : count >> 8);
        _readHigh = !_readHigh;
        return (byte)(_readHigh ? count : count >> 8);
    }

    /// <summary>Latches the count; a second latch before it is read is ignored.</summary>
    /// <param name="now">The tick.</param>
    public void LatchCount(long now)
    {
        if (_latchedCount >= 0)
            return;
        _latchedCount = Encode(CountAt(now));
        _latchedHigh = false;
    }

    /// <summary>Latches the status; a second latch before it is read is ignored.</summary>
    /// <param name="now">The tick.</param>
    public void LatchStatus(long now)
    {
        if (_latchedStatus >= 0)
            return;
        bool output = OutputAt(now);
        bool isNull = !_counting || _pendingReload != 0;
        _latchedStatus = (output ? 0x80 : 0) | (isNull ? 0x40 : 0) | (_access << 4) | (_mode << 1) | (_decimal ? 1 : 0);
    }

    /// <summary>Drives the GATE input.</summary>
    /// <param name="gate">The level.</param>
    /// <param name="now">The tick.</param>
    public void SetGate(bool gate, long now)
    {
        if (gate == _gate)
            return;
        Synchronize(now);
        bool rises = gate;
        switch (_mode)
        {
            case 0 or 4:
                if (!_counting)
                    break;
                if (rises)
                    _start = now - _held;
                else
                    _held = now - _start;
                break;
            default:
                if (rises && _loaded)
                {
                    if (_pendingReload != 0)
                        _reload = _pendingReload;
                    _pendingReload = 0;
                    _start = now;
                    _counting = true;
                }
                else if (!rises && !IsTriggered)
                {
                    _held = now - _start;
                }

                break;
        }

        _gate = gate;
    }

    /// <summary>The OUT output.</summary>
    /// <param name="now">The tick.</param>
    /// <returns>The level.</returns>
    public bool OutputAt(long now)
    {
        Synchronize(now);
        if (!_counting)
            return _mode != 0;
        long elapsed = Elapsed(now);
        return _mode switch
        {
            0 or 1 => elapsed >= _reload,
            2 => !_gate || elapsed % _reload != _reload - 1,
            3 => !_gate || elapsed % _reload < (_reload + 1) / 2,
            _ => elapsed != _reload,
        };
    }

    /// <summary>When OUT rises next (mode 3: changes next) after a tick.</summary>
    /// <param name="now">The tick.</param>
    /// <returns>The tick, or -1 when it will not.</returns>
    public long NextEvent(long now)
    {
        Synchronize(now);
        if (!_counting || (!_gate && !IsTriggered))
            return -1;
        long elapsed = Elapsed(now);
        long at;
        switch (_mode)
        {
            case 0 or 1:
                at = _reload;
                break;
            case 2:
                at = (elapsed / _reload * _reload) + _reload;
                break;
            case 3:
                long period = elapsed / _reload * _reload;
                long half = period + ((_reload + 1) / 2);
                at = elapsed < half ? half : period + _reload;
                break;
            default:
                at = _reload + 1;
                break;
        }

        return at > elapsed ? _start + at : -1;
    }

    /// <summary>Writes the state.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="now">The tick.</param>
    public void Save(StateWriter writer, long now)
    {
        Synchronize(now);
        writer.Write(_mode);
        writer.Write(_access);
        writer.Write(_decimal);
        writer.Write(_gate);
        writer.Write(_loaded);
        writer.Write(_counting);
        writer.Write(_reload);
        writer.Write(_written);
        writer.Write(_writtenLow);
        writer.Write(now - _start);
        writer.Write(_held);
        writer.Write(_pendingReload);
        writer.Write(_pendingAt - now);
        writer.Write(_readHigh);
        writer.Write(_latchedHigh);
        writer.Write(_latchedCount);
        writer.Write(_latchedStatus);
    }

    /// <summary>Reads the state.</summary>
    /// <param name="reader">Where from.</param>
    /// <param name="now">The tick.</param>
    public void Restore(StateReader reader, long now)
    {
        _mode = reader.ReadInt32();
        _access = reader.ReadInt32();
        _decimal = reader.ReadBoolean();
        _gate = reader.ReadBoolean();
        _loaded = reader.ReadBoolean();
        _counting = reader.ReadBoolean();
        _reload = reader.ReadInt32();
        _written = reader.ReadInt32();
        _writtenLow = reader.ReadBoolean();
        _start = now - reader.ReadInt64();
        _held = reader.ReadInt64();
        _pendingReload = reader.ReadInt32();
        _pendingAt = now + reader.ReadInt64();
        _readHigh = reader.ReadBoolean();
        _latchedHigh = reader.ReadBoolean();
        _latchedCount = reader.ReadInt32();
        _latchedStatus = reader.ReadInt32();
        if (_counting && _reload <= 0)
            throw new InvalidDataException("an 8254 counter cannot count from zero");
    }

    private static int Decode(int digits) =>
        (digits & 0xF) + ((digits >> 4 & 0xF) * 10) + ((digits >> 8 & 0xF) * 100) + ((digits >> 12 & 0xF) * 1000);

    private int Encode(int count) => _decimal
        ? (count % 10) | (count / 10 % 10 << 4) | (count / 100 % 10 << 8) | (count / 1000 % 10 << 12)
        : count & 0xFFFF;

    private long Elapsed(long now) => _gate || IsTriggered ? now - _start : _held;

    private void Load(int written, long now)
    {
        int count = _decimal ? Decode(written) : written;
        if (count == 0)
            count = Modulus;
        if (IsTriggered)
        {
            // Taken over by the next trigger.
            if (_counting)
                _pendingReload = count;
            else
                _reload = count;
            _loaded = true;
            return;
        }

        if (_counting && _mode is 2 or 3)
        {
            // Taken over at the end of the period, or of the half period.
            long next = NextEvent(now);
            _pendingReload = count;
            _pendingAt = next < 0 ? now : next;
            return;
        }

        _reload = count;
        _loaded = true;
        _counting = true;
        _start = now;
        _held = 0;
    }

    private void Synchronize(long now)
    {
        if (_pendingReload == 0 || IsTriggered || now < _pendingAt)
            return;
        bool lowHalf = _mode == 3 && (_pendingAt - _start) % _reload != 0;
        _reload = _pendingReload;
        _pendingReload = 0;
        // A half period that ends in the middle of the old one goes on with the new one's low half.
        _start = lowHalf ? _pendingAt - ((_reload + 1) / 2) : _pendingAt;
    }

    private int CountAt(long now)
    {
        Synchronize(now);
        if (!_counting)
            return _loaded ? _reload % Modulus : 0;
        long elapsed = Elapsed(now);
        switch (_mode)
        {
            case 2:
                return (int)(_reload - (elapsed % _reload)) % Modulus;
            case 3:
                // Counts down by two, twice a period.
                long half = (_reload + 1) / 2;
                long inside = elapsed % _reload;
                long steps = inside < half ? inside : inside - half;
                return (int)((_reload & ~1) - (2 * steps)) % Modulus;
            default:
                long left = (_reload - elapsed) % Modulus;
                return (int)(left < 0 ? left + Modulus : left);
        }
    }
}
