using Dominion.Buses;
using Dominion.Devices;
using Dominion.Persistence;
using Dominion.Services;

namespace Acme.Uart;

/// <summary>
/// A 16550A by its data sheet (National Semiconductor PC16550D, section 8), with an ideal line: what is written to the transmitter
/// is sent at once, and the receiver's timeout is over at once. The line has flow control: a byte is taken from it only while the
/// guest listens, that is while the received-data interrupt is enabled or when the guest has read the line status register many times
/// without a write, and a reset of the FIFO discards only what was looped back.
/// </summary>
internal sealed class AcmeUart : IDevice, IBusTarget, ICharacterReceiver
{
    private const int FifoLength = 16;

    private const byte EnableReceived = 0x01;
    private const byte EnableTransmitterEmpty = 0x02;
    private const byte EnableLineStatus = 0x04;
    private const byte EnableModemStatus = 0x08;

    private const byte NoInterrupt = 0x01;
    private const byte TransmitterEmpty = 0x02;
    private const byte Received = 0x04;
    private const byte LineStatus = 0x06;
    private const byte ReceivedTimeout = 0x0c;
    private const byte ModemStatus = 0x00;
    private const byte FifosEnabled = 0xc0;

    private const byte DivisorLatchAccess = 0x80;
    private const byte Loopback = 0x10;
    private const byte InterruptGate = 0x08;

    private const byte DataReady = 0x01;
    private const byte Overrun = 0x02;
    private const byte TransmitterIdle = 0x60;

    private const int PollsThatListen = 16;

    private readonly IBusMapping _mapping;
    private readonly IInterruptLine _line;
    private readonly ICharacterLink _link;
    private readonly byte _farLines;
    private readonly byte[] _fifo = new byte[FifoLength];
    private int _head;
    private int _count;
    private int _polls;
    private ushort _divisor;
    private byte _interruptEnable;
    private byte _fifoControl;
    private byte _lineControl;
    private byte _modemControl;
    private byte _modemDelta;
    private byte _scratch;
    private bool _overrun;
    private bool _transmitterPending;

    public AcmeUart(IDeviceContext context, AcmeUartOptions options)
    {
        _farLines = ModemLines.Parse(options.ModemLines);
        _line = context.GetInterruptLine(options.Irq);
        _mapping = context.Ports.Map(options.Port, 8, this, context.Name);
        _link = context.GetService(options.Stream).Connect(this, context.Post);
    }

    private bool FifoEnabled => (_fifoControl & 1) != 0;

    private bool Listens => (_modemControl & Loopback) == 0 && ((_interruptEnable & EnableReceived) != 0 || _polls >= PollsThatListen);

    private int Capacity => FifoEnabled ? FifoLength : 1;

    private int TriggerLevel => !FifoEnabled ? 1 : (_fifoControl >> 6) switch
    {
        0 => 1,
        1 => 4,
        2 => 8,
        _ => 14,
    };

    private byte ModemLevels => (_modemControl & Loopback) == 0
        ? _farLines
        : (byte)(((_modemControl & 0x02) << 3) | ((_modemControl & 0x01) << 5) | ((_modemControl & 0x0c) << 4));

    public void Reset()
    {
        _head = _count = _polls = 0;
        _divisor = 0;
        _interruptEnable = _fifoControl = _lineControl = _modemControl = _modemDelta = _scratch = 0;
        _overrun = _transmitterPending = false;
        UpdateInterrupt();
    }

    public ulong Read(in BusAccess access)
    {
        if (access.Width != AccessWidth.Byte)
            return ulong.MaxValue;
        bool latch = (_lineControl & DivisorLatchAccess) != 0;
        switch (access.Offset)
        {
            case 0:
                return latch ? (byte)_divisor : ReadReceiver();
            case 1:
                return latch ? (byte)(_divisor >> 8) : _interruptEnable;
            case 2:
                byte identification = Identify();
                if (identification == TransmitterEmpty)
                {
                    _transmitterPending = false;
                    UpdateInterrupt();
                }

                return (byte)(identification | (FifoEnabled ? FifosEnabled : 0));
            case 3:
                return _lineControl;
            case 4:
                return _modemControl;
            case 5:
                byte status = (byte)(TransmitterIdle | (_count > 0 ? DataReady : 0) | (_overrun ? Overrun : 0));
                _overrun = false;
                UpdateInterrupt();
                if (_polls < PollsThatListen && ++_polls == PollsThatListen)
                    _link.Ready();
                return status;
            case 6:
                byte modem = (byte)(ModemLevels | _modemDelta);
                _modemDelta = 0;
                UpdateInterrupt();
                return modem;
            default:
                return _scratch;
        }
    }

    public void Write(in BusAccess access, ulong value)
    {
        if (access.Width != AccessWidth.Byte)
            return;
        byte data = (byte)value;
        bool latch = (_lineControl & DivisorLatchAccess) != 0;
        bool listened = Listens;
        _polls = 0;
        switch (access.Offset)
        {
            case 0 when latch:
                _divisor = (ushort)((_divisor & 0xff00) | data);
                break;
            case 0:
                Transmit(data);
                break;
            case 1 when latch:
                _divisor = (ushort)((_divisor & 0x00ff) | (data << 8));
                break;
            case 1:
                // Enabling the interrupt while the transmitter is empty, as it always is, raises it.
                if ((data & EnableTransmitterEmpty) != 0 && (_interruptEnable & EnableTransmitterEmpty) == 0)
                    _transmitterPending = true;
                _interruptEnable = (byte)(data & 0x0f);
                break;
            case 2:
                WriteFifoControl(data);
                break;
            case 3:
                _lineControl = data;
                break;
            case 4:
                byte before = ModemLevels;
                _modemControl = (byte)(data & 0x1f);
                byte changed = (byte)(before ^ ModemLevels);

                // Bit 2 of the deltas is the trailing edge of RI: it counts only when the line goes off.
                _modemDelta |= (byte)((changed >> 4) & (0x0b | ((before & 0x40) >> 4)));
                break;
            case 7:
                _scratch = data;
                break;
        }

        UpdateInterrupt();
        if (Listens && !listened)
            _link.Ready();
    }

    public int Receive(ReadOnlySpan<byte> bytes)
    {
        if (!Listens || _count >= Capacity)
            return 0;
        int taken = Math.Min(bytes.Length, Capacity - _count);
        for (int i = 0; i < taken; i++)
            Store(bytes[i]);
        UpdateInterrupt();
        return taken;
    }

    public void Save(StateWriter writer)
    {
        writer.BeginSection("acme.uart", 1);
        writer.Write(_fifo);
        writer.Write(_head);
        writer.Write(_count);
        writer.Write(_polls);
        writer.Write(_divisor);
        writer.Write(_interruptEnable);
        writer.Write(_fifoControl);
        writer.Write(_lineControl);
        writer.Write(_modemControl);
        writer.Write(_modemDelta);
        writer.Write(_scratch);
        writer.Write(_overrun);
        writer.Write(_transmitterPending);
    }

    public void Restore(StateReader reader)
    {
        reader.BeginSection("acme.uart", 1);
        byte[] fifo = reader.ReadBytes();
        int head = reader.ReadInt32();
        int count = reader.ReadInt32();
        _polls = Math.Clamp(reader.ReadInt32(), 0, PollsThatListen);
        if (fifo.Length != FifoLength || head is < 0 or >= FifoLength || count is < 0 or > FifoLength)
            throw new InvalidDataException("the receiver's FIFO is damaged");
        fifo.CopyTo(_fifo, 0);
        _head = head;
        _count = count;
        _divisor = reader.ReadUInt16();
        _interruptEnable = reader.ReadByte();
        _fifoControl = reader.ReadByte();
        _lineControl = reader.ReadByte();
        _modemControl = reader.ReadByte();
        _modemDelta = reader.ReadByte();
        _scratch = reader.ReadByte();
        _overrun = reader.ReadBoolean();
        _transmitterPending = reader.ReadBoolean();
        UpdateInterrupt();
    }

    public void Dispose()
    {
        _link.Dispose();
        _mapping.Dispose();
    }

    private byte ReadReceiver()
    {
        if (_count == 0)
            return 0;
        bool wasFull = _count >= Capacity;
        byte data = _fifo[_head];
        _head = (_head + 1) % FifoLength;
        _count--;
        UpdateInterrupt();
        if (wasFull)
            _link.Ready();
        return data;
    }

    private void Transmit(byte data)
    {
        if ((_modemControl & Loopback) == 0)
            _link.Write([data]);
        else if (_count < Capacity)
            Store(data);
        else
            _overrun = true;
        _transmitterPending = true;
    }

    private void WriteFifoControl(byte data)
    {
        bool toggled = ((data ^ _fifoControl) & 1) != 0;
        if ((toggled || (data & 0x03) == 0x03) && (_modemControl & Loopback) != 0)
            _head = _count = 0;

        // The other bits are only taken together with bit 0; the two reset bits clear themselves.
        _fifoControl = (data & 1) != 0 ? (byte)(data & 0xc9) : (byte)0;
        _link.Ready();
    }

    private void Store(byte data)
    {
        _fifo[(_head + _count) % FifoLength] = data;
        _count++;
    }

    private byte Identify()
    {
        if ((_interruptEnable & EnableLineStatus) != 0 && _overrun)
            return LineStatus;
        if ((_interruptEnable & EnableReceived) != 0 && _count > 0)
            return _count >= TriggerLevel ? Received : ReceivedTimeout;
        if ((_interruptEnable & EnableTransmitterEmpty) != 0 && _transmitterPending)
            return TransmitterEmpty;
        return (_interruptEnable & EnableModemStatus) != 0 && _modemDelta != 0 ? ModemStatus : NoInterrupt;
    }

    private void UpdateInterrupt() => _line.Set(Identify() != NoInterrupt && (_modemControl & InterruptGate) != 0);
}
