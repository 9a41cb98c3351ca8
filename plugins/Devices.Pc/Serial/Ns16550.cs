using Dominion.Buses;
using Dominion.Devices.Pc.Mainboard;
using Dominion.Devices.Pc.Registers;
using Dominion.Devices.Pc.Timers;
using Dominion.Persistence;
using Dominion.Services;
using Dominion.Time;

namespace Dominion.Devices.Pc.Serial;

/// <summary>
/// A 16550A UART (National Semiconductor PC16550D data sheet). What is transmitted leaves at once, so the transmitter is always
/// empty; its interrupt comes all the same when the data sheet says.
/// </summary>
/// <remarks>
/// A byte is taken from the stream only while the guest listens; until then the stream keeps it. It listens while the received-data
/// interrupt is enabled (IER bit 0), and while it polls: after 16 reads of LSR without a write to any register between them, until
/// the next write. Linux's 8250 driver reads LSR once or twice between writes while it probes and starts, so nothing reaches the
/// FIFO that it is about to reset; what a later reset of the FIFO or loop mode finds in it arrives again (<see cref="ReceiverFifo"/>).
/// </remarks>
internal sealed class Ns16550 : IDevice, ICharacterReceiver, IIsaDevice
{
    // A driver's probe reads LSR a few times without a write; one that waits for a byte reads it for ever.
    private const int PollsThatListen = 16;

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
    private readonly Action<Action> _post;
    private readonly Action _refill;
    private readonly ReceiverFifo _receiver = new();
    private int _polls;
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
        _post = context.Post;
        _refill = Refill;
        _link = context.GetService(options.Stream).Connect(this, context.Post);
        _mapping = context.Ports.Map(
            Port,
            8,
            new RegisterMap(1, 8)
                .At(0, "RBR/THR/DLL", ReadData, (value, _) => WriteData((byte)value))
                .At(1, "IER/DLM", ReadEnable, (value, _) => WriteEnable((byte)value))
                .At(2, "IIR/FCR", ReadIdentification, (value, _) => WriteFifoControl((byte)value))
                .At(3, "LCR", () => _lineControl, (value, _) => WriteLineControl((byte)value))
                .At(4, "MCR", () => _modemControl, (value, _) => WriteModemControl((byte)value))
                .At(5, "LSR", ReadLineStatus)
                .At(6, "MSR", ReadModemStatus)
                .At(7, "SCR", () => _scratch, (value, _) => WriteScratch((byte)value)),
            context.Name);
        Reset();
    }

    /// <inheritdoc/>
    public ushort Port { get; }

    /// <inheritdoc/>
    public int Interrupt { get; }

    private bool FifoEnabled => (_fifoControl & 1) != 0;

    private int Capacity => FifoEnabled ? ReceiverFifo.Length : 1;

    private int TriggerLevel => FifoEnabled ? s_triggerLevels[_fifoControl >> 6] : 1;

    private bool DivisorSelected => (_lineControl & DivisorAccess) != 0;

    private bool IsLoop => (_modemControl & Loop) != 0;

    private bool Listens => !IsLoop && ((_interruptEnable & ReceiverEnable) != 0 || _polls >= PollsThatListen);

    /// <inheritdoc/>
    public int Receive(ReadOnlySpan<byte> bytes)
    {
        if (!Listens || _receiver.Waiting > 0)
            return 0;
        int taken = Math.Min(bytes.Length, Capacity - _receiver.Count);
        if (taken <= 0)
            return 0;
        for (int i = 0; i < taken; i++)
            _receiver.Push(bytes[i], isLooped: false);
        Arrived();
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
        _polls = 0;
        _receiver.Reset();
        ClearTimeout();
        UpdateInterrupt();
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("ns16550", 3);
        _receiver.Save(writer);
        writer.Write(_polls);
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
        TimerState.Save(writer, _timer);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        int version = reader.BeginSection("ns16550", 3);
        _receiver.Restore(reader);
        _polls = Math.Clamp(reader.ReadInt32(), 0, PollsThatListen);
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
        if (version < 3)
            ArmTimeout();
        else
            TimerState.Restore(reader, _timer);
        UpdateInterrupt();
        Offer();
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
        if (_receiver.Count == 0)
            return 0;
        byte value = _receiver.Pop();
        _timeout = false;
        ArmTimeout();
        UpdateInterrupt();
        Offer();
        return value;
    }

    private void WriteData(byte value)
    {
        _polls = 0;
        if (DivisorSelected)
        {
            _divisor = (ushort)((_divisor & 0xFF00) | value);
            return;
        }

        if (IsLoop)
        {
            if (_receiver.Count == Capacity)
            {
                _lineErrors |= Overrun;
            }
            else
            {
                _receiver.Push(value, isLooped: true);
                Arrived();
            }
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
        _polls = 0;
        if (DivisorSelected)
        {
            _divisor = (ushort)((_divisor & 0x00FF) | (value << 8));
            return;
        }

        // Enabling the transmitter's interrupt while it is empty raises it.
        if ((value & ~_interruptEnable & TransmitterEnable) != 0)
            _transmitterPending = true;
        bool starts = (value & ~_interruptEnable & ReceiverEnable) != 0;
        _interruptEnable = (byte)(value & 0x0F);
        UpdateInterrupt();
        if (starts)
            Offer();
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
        _polls = 0;
        // A change of the enable bit clears the FIFO; the other bits count only together with it.
        if (((value ^ _fifoControl) & 1) != 0 || (value & 0x02) != 0)
        {
            _receiver.Clear();
            ClearTimeout();
            _lineErrors = 0;
        }

        _fifoControl = (value & 1) != 0 ? (byte)(value & 0xC9) : (byte)0;
        ArmTimeout();
        UpdateInterrupt();
        Offer();
    }

    private void WriteLineControl(byte value)
    {
        _polls = 0;
        _lineControl = value;
    }

    private void WriteScratch(byte value)
    {
        _polls = 0;
        _scratch = value;
    }

    private void WriteModemControl(byte value)
    {
        _polls = 0;
        bool wasLoop = IsLoop;
        _modemControl = (byte)(value & 0x1F);
        byte lines = PeerModem;
        if (IsLoop)
        {
            // The receiver's input is disconnected: what comes from the stream waits until it is connected again.
            if (!wasLoop)
            {
                _receiver.Clear();
                ClearTimeout();
            }

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
        if (wasLoop)
            Offer();
    }

    private uint ReadLineStatus()
    {
        uint status = (uint)(TransmitterEmpty | _lineErrors | (_receiver.Count > 0 ? DataReady : 0));
        _lineErrors = 0;
        UpdateInterrupt();
        if (_polls < PollsThatListen && ++_polls == PollsThatListen)
            Offer();
        return status;
    }

    private uint ReadModemStatus()
    {
        uint status = (uint)(_modemLines | _modemDelta);
        _modemDelta = 0;
        UpdateInterrupt();
        return status;
    }

    // What waits arrives from outside of the guest's access, so that a FIFO that was just cleared reads as empty.
    private void Offer()
    {
        if (!Listens)
            return;
        if (_receiver.Waiting > 0)
            _post(_refill);
        else
            _link.Ready();
    }

    private void Refill()
    {
        if (!Listens || !_receiver.Refill(Capacity))
            return;
        Arrived();
        if (_receiver.Waiting == 0)
            _link.Ready();
    }

    private void Arrived()
    {
        _timeout = false;
        ArmTimeout();
        UpdateInterrupt();
    }

    private void ClearTimeout()
    {
        _timeout = false;
        _timer.Cancel();
    }

    // Data sheet, "FIFO Interrupt Mode Operation": four character times without a character in or out.
    private void ArmTimeout()
    {
        if (!FifoEnabled || _receiver.Count == 0 || _timeout)
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
        if (!FifoEnabled || _receiver.Count == 0)
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
            if (_receiver.Count >= TriggerLevel)
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
