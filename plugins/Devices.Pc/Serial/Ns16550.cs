using Dominion.Buses;
using Dominion.Devices.Pc.Mainboard;
using Dominion.Devices.Pc.Registers;
using Dominion.Persistence;
using Dominion.Services;
using Dominion.Time;

namespace Dominion.Devices.Pc.Serial;

/// <summary>A 16550A UART (National Semiconductor PC16550D data sheet). What is transmitted leaves at once, so the transmitter is always empty; its interrupt comes all the same when the data sheet says.</summary>
internal sealed class Ns16550 : IDevice, ICharacterReceiver, IIsaDevice
{
    private const int FifoLength = 16;

    // The clock of 1.8432 MHz, divided by 16.
    private const long BaseRate = 115_200;

    private const byte ReceiverLineStatusEnable = 4;
    private const byte TransmitterEnable = 2;
    private const byte ReceiverEnable = 1;
    private const byte ModemStatusEnable = 8;
    private const byte DataReady = 0x01;
    private const byte Overrun = 0x02;
    private const byte TransmitterEmpty = 0x60;
    private const byte Loop = 0x10;
    private const byte Out2 = 0x08;
    private const byte DivisorAccess = 0x80;

    // The peer's modem lines: carrier, ready and clear to send.
    private const byte PeerModem = 0xB0;
    private static readonly byte[] s_triggerLevels = [1, 4, 8, 14];

    private readonly IClock _clock;
    private readonly ITimer _timer;
    private readonly IInterruptLine _line;
    private readonly IBusMapping _mapping;
    private readonly ICharacterLink _link;
    private readonly byte[] _fifo = new byte[FifoLength];
    private int _first;
    private int _count;
    private byte _interruptEnable;
    private byte _fifoControl;
    private byte _lineControl;
    private byte _modemControl;
    private byte _modemDelta;
    private byte _modemLines;
    private byte _scratch;
    private byte _lineErrors;
    private ushort _divisor;
    private bool _transmitterPending;
    private bool _timeout;

    /// <summary>Puts the UART on its ports and attaches it to its stream.</summary>
    /// <param name="context">What the board gives.</param>
    /// <param name="options">Where it is.</param>
    public Ns16550(IDeviceContext context, Ns16550Options options)
    {
        Port = (ushort)options.Port;
        Interrupt = options.Irq;
        _clock = context.Clock;
        _timer = _clock.CreateTimer(OnTimeout);
        _line = context.GetInterruptLine(options.Irq);
        _link = context.GetService(options.Stream).Connect(this, context.Post);
        _mapping = context.Ports.Map(
            Port,
            8,
            new RegisterMap(1, 8)
                .At(0, "RBR/THR/DLL", ReadData, (value, _) => WriteData((byte)value))
                .At(1, "IER/DLM", ReadEnable, (value, _) => WriteEnable((byte)value))
                .At(2, "IIR/FCR", ReadIdentification, (value, _) => WriteFifoControl((byte)value))
                .At(3, "LCR", () => _lineControl, (value, _) => _lineControl = (byte)value)
                .At(4, "MCR", () => _modemControl, (value, _) => WriteModemControl((byte)value))
                .At(5, "LSR", ReadLineStatus)
                .At(6, "MSR", ReadModemStatus)
                .At(7, "SCR", () => _scratch, (value, _) => _scratch = (byte)value),
            context.Name);
        Reset();
    }

    /// <inheritdoc/>
    public ushort Port { get; }

    /// <inheritdoc/>
    public int Interrupt { get; }

    private bool FifoEnabled => (_fifoControl & 1) != 0;

    private int Capacity => FifoEnabled ? FifoLength : 1;

    private int TriggerLevel => FifoEnabled ? s_triggerLevels[_fifoControl >> 6] : 1;

    private bool DivisorSelected => (_lineControl & DivisorAccess) != 0;

    private bool IsLoop => (_modemControl & Loop) != 0;

    /// <inheritdoc/>
    public int Receive(ReadOnlySpan<byte> bytes)
    {
        if (IsLoop)
            return 0;
        int taken = Math.Min(bytes.Length, Capacity - _count);
        for (int i = 0; i < taken; i++)
            Push(bytes[i]);
        if (taken > 0)
            UpdateInterrupt();
        return taken;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _interruptEnable = 0;
        _fifoControl = 0;
        _lineControl = 0;
        _modemControl = 0;
        _modemLines = PeerModem;
        _modemDelta = 0;
        _lineErrors = 0;
        _divisor = 1;
        _transmitterPending = false;
        ClearReceiver();
        UpdateInterrupt();
        _link.Ready();
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("ns16550", 1);
        writer.Write(_fifo);
        writer.Write(_first);
        writer.Write(_count);
        writer.Write(_interruptEnable);
        writer.Write(_fifoControl);
        writer.Write(_lineControl);
        writer.Write(_modemControl);
        writer.Write(_modemDelta);
        writer.Write(_modemLines);
        writer.Write(_scratch);
        writer.Write(_lineErrors);
        writer.Write(_divisor);
        writer.Write(_transmitterPending);
        writer.Write(_timeout);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("ns16550", 1);
        byte[] fifo = reader.ReadBytes();
        _first = reader.ReadInt32();
        _count = reader.ReadInt32();
        if (fifo.Length != FifoLength || _first is < 0 or >= FifoLength || _count is < 0 or > FifoLength)
            throw new InvalidDataException("a UART's FIFO holds 16 bytes");
        fifo.CopyTo(_fifo, 0);
        _interruptEnable = reader.ReadByte();
        _fifoControl = reader.ReadByte();
        _lineControl = reader.ReadByte();
        _modemControl = reader.ReadByte();
        _modemDelta = reader.ReadByte();
        _modemLines = reader.ReadByte();
        _scratch = reader.ReadByte();
        _lineErrors = reader.ReadByte();
        _divisor = reader.ReadUInt16();
        _transmitterPending = reader.ReadBoolean();
        _timeout = reader.ReadBoolean();
        ArmTimeout();
        UpdateInterrupt();
        _link.Ready();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _link.Dispose();
        _mapping.Dispose();
    }

    private uint ReadData()
    {
        if (DivisorSelected)
            return (byte)_divisor;
        if (_count == 0)
            return 0;
        byte value = _fifo[_first];
        _first = (_first + 1) % FifoLength;
        _count--;
        _timeout = false;
        ArmTimeout();
        UpdateInterrupt();
        if (!IsLoop)
            _link.Ready();
        return value;
    }

    private void WriteData(byte value)
    {
        if (DivisorSelected)
        {
            _divisor = (ushort)((_divisor & 0xFF00) | value);
            return;
        }

        if (IsLoop)
        {
            if (_count == Capacity)
                _lineErrors |= Overrun;
            else
                Push(value);
        }
        else
        {
            _link.Write([value]);
        }

        // The write clears the request; the byte leaves at once and makes it anew.
        _transmitterPending = false;
        UpdateInterrupt();
        _transmitterPending = true;
        UpdateInterrupt();
    }

    private uint ReadEnable() => DivisorSelected ? (uint)(_divisor >> 8) : _interruptEnable;

    private void WriteEnable(byte value)
    {
        if (DivisorSelected)
        {
            _divisor = (ushort)((_divisor & 0x00FF) | (value << 8));
            return;
        }

        // Enabling the transmitter's interrupt while it is empty raises it.
        if ((value & ~_interruptEnable & TransmitterEnable) != 0)
            _transmitterPending = true;
        _interruptEnable = (byte)(value & 0x0F);
        UpdateInterrupt();
    }

    private uint ReadIdentification()
    {
        byte identification = Identify();
        if (identification == 0x02)
        {
            _transmitterPending = false;
            UpdateInterrupt();
        }

        return (uint)(identification | (FifoEnabled ? 0xC0 : 0));
    }

    private void WriteFifoControl(byte value)
    {
        // A change of the enable bit clears the FIFO; the other bits count only together with it.
        if (((value ^ _fifoControl) & 1) != 0 || (value & 0x02) != 0)
        {
            ClearReceiver();
            _lineErrors = 0;
        }

        _fifoControl = (value & 1) != 0 ? (byte)(value & 0xC9) : (byte)0;
        ArmTimeout();
        UpdateInterrupt();
        _link.Ready();
    }

    private void WriteModemControl(byte value)
    {
        bool wasLoop = IsLoop;
        _modemControl = (byte)(value & 0x1F);
        byte lines = PeerModem;
        if (IsLoop)
        {
            // RTS to CTS, DTR to DSR, OUT1 to RI, OUT2 to DCD.
            lines = (byte)(((value & 0x02) << 3) | ((value & 0x01) << 5) | ((value & 0x04) << 4) | ((value & 0x08) << 4));
        }

        byte changed = (byte)(lines ^ _modemLines);
        // RI reports only its trailing edge.
        if ((lines & 0x40) != 0)
            changed &= 0xBF;
        _modemDelta |= (byte)(changed >> 4);
        _modemLines = lines;
        UpdateInterrupt();
        if (wasLoop && !IsLoop)
            _link.Ready();
    }

    private uint ReadLineStatus()
    {
        uint status = (uint)(TransmitterEmpty | _lineErrors | (_count > 0 ? DataReady : 0));
        _lineErrors = 0;
        UpdateInterrupt();
        return status;
    }

    private uint ReadModemStatus()
    {
        uint status = (uint)(_modemLines | _modemDelta);
        _modemDelta = 0;
        UpdateInterrupt();
        return status;
    }

    private void Push(byte value)
    {
        _fifo[(_first + _count) % FifoLength] = value;
        _count++;
        _timeout = false;
        ArmTimeout();
    }

    private void ClearReceiver()
    {
        _first = 0;
        _count = 0;
        _timeout = false;
        _timer.Cancel();
    }

    // Data sheet, "FIFO Interrupt Mode Operation": four character times without a character in or out.
    private void ArmTimeout()
    {
        if (!FifoEnabled || _count == 0 || _timeout)
        {
            _timer.Cancel();
            return;
        }

        long divisor = _divisor == 0 ? 65_536 : _divisor;
        long bits = 1 + 5 + (_lineControl & 3) + ((_lineControl & 4) != 0 ? 2 : 1) + ((_lineControl & 8) != 0 ? 1 : 0);
        _timer.Schedule(_clock.Now + (4 * bits * divisor * 1_000_000_000 / BaseRate));
    }

    private void OnTimeout()
    {
        if (!FifoEnabled || _count == 0)
            return;
        _timeout = true;
        UpdateInterrupt();
    }

    // The highest source that is enabled, as IIR bits 3 to 0 (data sheet, table "Interrupt Control Functions").
    private byte Identify()
    {
        if ((_interruptEnable & ReceiverLineStatusEnable) != 0 && _lineErrors != 0)
            return 0x06;
        if ((_interruptEnable & ReceiverEnable) != 0)
        {
            if (_count >= TriggerLevel)
                return 0x04;
            if (_timeout)
                return 0x0C;
        }

        if ((_interruptEnable & TransmitterEnable) != 0 && _transmitterPending)
            return 0x02;
        return (_interruptEnable & ModemStatusEnable) != 0 && _modemDelta != 0 ? (byte)0x00 : (byte)0x01;
    }

    // On a PC OUT2 opens the gate to the interrupt line; in loop mode the modem outputs are off.
    private void UpdateInterrupt() => _line.Set(Identify() != 0x01 && (_modemControl & (Out2 | Loop)) == Out2);
}
