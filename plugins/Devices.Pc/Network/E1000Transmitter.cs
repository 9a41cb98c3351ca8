using System.Buffers.Binary;
using Dominion.Devices.Pc.Registers;
using Dominion.Memory;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Network;

/// <summary>
/// The transmit side (Software Developer's Manual, 3.3 to 3.5).
/// <code>
/// legacy    +0 buffer le64, +8 length le16, +10 CSO, +11 CMD, +12 STA, +13 CSS, +14 special le16
/// context   +0 IPCSS, +1 IPCSO, +2 IPCSE le16, +4 TUCSS, +5 TUCSO, +6 TUCSE le16, +8 PAYLEN (19–0) DTYP (23–20) TUCMD (31–24), +12 STA, +13 HDRLEN, +14 MSS le16
/// data      +0 buffer le64, +8 DTALEN (19–0) DTYP (23–20) DCMD (31–24), +12 STA, +13 POPTS, +14 special le16
/// </code>
/// </summary>
internal sealed partial class E1000Transmitter : IPersistent, IDisposable
{
    // The longest packet to cut: 64 KiB behind the longest header that HDRLEN can say.
    private const int MostPacket = 0x1_0000 + 256;
    private const int LeastFrame = 14;
    private const uint ControlEnable = 1 << 1;
    private const byte CommandEnd = 0x01;
    private const byte CommandChecksum = 0x04; // legacy: IC; data: TSE
    private const byte CommandReport = 0x08;
    private const byte CommandExtended = 0x20;
    private const byte CommandVlan = 0x40;
    private const byte CommandDelay = 0x80;
    private const byte StatusDone = 0x01;
    private readonly IGuestMemory _memory;
    private readonly E1000Interrupts _interrupts;
    private readonly E1000Statistics _statistics;
    private readonly E1000FrameSink _send;
    private readonly Func<bool> _insertsTags;
    private readonly Func<ushort> _tagType;
    private readonly E1000Ring _ring = new();
    private readonly E1000Delay _delay;
    private readonly byte[] _packet = new byte[MostPacket];
    private readonly byte[] _segment = new byte[MostPacket];
    private readonly byte[] _frame = new byte[MostPacket + 4];
    private E1000Context _checksumContext;
    private E1000Context _segmentContext;
    private uint _control;
    private uint _delayTime;
    private uint _absoluteDelay;
    private uint _descriptorControl;

    // The packet that is being gathered.
    private int _length;
    private bool _isTooLong;
    private bool _isOpen;
    private bool _segments;
    private bool _insertsIp;
    private bool _insertsTransport;

    /// <summary>Makes the transmit side.</summary>
    /// <param name="context">What the board gives.</param>
    /// <param name="memory">The function's view of RAM.</param>
    /// <param name="interrupts">Takes causes.</param>
    /// <param name="statistics">Takes counts.</param>
    /// <param name="send">Takes whole frames.</param>
    /// <param name="insertsTags">Whether VLAN tags are inserted (CTRL.VME).</param>
    /// <param name="tagType">The type of a VLAN tag (VET).</param>
    public E1000Transmitter(IDeviceContext context, IGuestMemory memory, E1000Interrupts interrupts, E1000Statistics statistics, E1000FrameSink send, Func<bool> insertsTags, Func<ushort> tagType)
    {
        _memory = memory;
        _interrupts = interrupts;
        _statistics = statistics;
        _send = send;
        _insertsTags = insertsTags;
        _tagType = tagType;
        _delay = new E1000Delay(context.Clock, () => interrupts.Raise(E1000Cause.TransmitDone));
    }

    /// <summary>Puts the registers in the card's table.</summary>
    /// <param name="map">The table.</param>
    public void Describe(RegisterMap map)
    {
        map.At(0x400, "TCTL", () => _control, (value, mask) =>
            {
                _control = Bits.Merge(_control, value, mask & 0x037F_FFFA);
                Run();
            })
            .At(0x3820, "TIDV", () => _delayTime, (value, mask) =>
            {
                _delayTime = Bits.Merge(_delayTime, value, mask & 0xFFFF);
                if (value >> 31 != 0)
                    _delay.Flush();
            })
            .At(0x3828, "TXDCTL", () => _descriptorControl, (value, mask) => _descriptorControl = Bits.Merge(_descriptorControl, value, mask & 0xFF3F_3F3F))
            .At(0x382C, "TADV", () => _absoluteDelay, (value, mask) => _absoluteDelay = Bits.Merge(_absoluteDelay, value, mask & 0xFFFF));
        _ring.Describe(map, 0x3800, "TD", Run);
    }

    /// <summary>Reset.</summary>
    public void Reset()
    {
        _ring.Reset();
        _delay.Reset();
        _control = 0;
        _delayTime = 0;
        _absoluteDelay = 0;
        _descriptorControl = 0;
        _checksumContext = default;
        _segmentContext = default;
        Close();
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        _ring.Save(writer);
        _delay.Save(writer);
        _checksumContext.Save(writer);
        _segmentContext.Save(writer);
        writer.Write(_control);
        writer.Write(_delayTime);
        writer.Write(_absoluteDelay);
        writer.Write(_descriptorControl);
        writer.Write(_isTooLong);
        writer.Write(_isOpen);
        writer.Write(_segments);
        writer.Write(_insertsIp);
        writer.Write(_insertsTransport);
        writer.Write(_packet.AsSpan(0, _length));
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        _ring.Restore(reader);
        _delay.Restore(reader);
        _checksumContext = E1000Context.Restore(reader);
        _segmentContext = E1000Context.Restore(reader);
        _control = reader.ReadUInt32();
        _delayTime = reader.ReadUInt32() & 0xFFFF;
        _absoluteDelay = reader.ReadUInt32() & 0xFFFF;
        _descriptorControl = reader.ReadUInt32();
        _isTooLong = reader.ReadBoolean();
        _isOpen = reader.ReadBoolean();
        _segments = reader.ReadBoolean();
        _insertsIp = reader.ReadBoolean();
        _insertsTransport = reader.ReadBoolean();
        byte[] packet = reader.ReadBytes();
        if (packet.Length > MostPacket)
            throw new InvalidDataException($"a packet of {packet.Length} bytes");
        packet.CopyTo(_packet, 0);
        _length = packet.Length;
    }

    /// <inheritdoc/>
    public void Dispose() => _delay.Dispose();

    // Sends what the driver has put in the ring. At most the whole ring at a time, which also bounds one that it writes into itself.
    private void Run()
    {
        if ((_control & ControlEnable) == 0)
            return;
        uint available = _ring.Available;
        if (available == 0)
            return;
        bool reports = false;
        bool delays = true;
        Span<byte> descriptor = stackalloc byte[E1000Ring.DescriptorLength];
        for (; available > 0; available--)
        {
            ulong address = _ring.HeadAddress;
            if (!_memory.TryRead(address, descriptor))
                return;
            byte command = descriptor[11];
            Process(descriptor, command);
            if ((command & CommandReport) != 0)
            {
                byte status = (byte)(descriptor[12] | StatusDone);
                _memory.TryWrite(address + 12, new ReadOnlySpan<byte>(in status));
                reports = true;
                delays &= (command & CommandDelay) != 0;
            }

            _ring.Advance();
        }

        E1000Cause causes = E1000Cause.TransmitEmpty;
        if (_descriptorControl >> 25 != 0)
            causes |= E1000Cause.TransmitLow;
        if (reports && !delays)
        {
            _delay.Reset();
            causes |= E1000Cause.TransmitDone;
        }

        _interrupts.Raise(causes);
        if (reports && delays)
            _delay.Request(_delayTime, _absoluteDelay);
    }

    private void Process(ReadOnlySpan<byte> descriptor, byte command)
    {
        ulong buffer = BinaryPrimitives.ReadUInt64LittleEndian(descriptor);
        if ((command & CommandExtended) == 0)
        {
            Gather(buffer, BinaryPrimitives.ReadUInt16LittleEndian(descriptor[8..]));
            if ((command & CommandEnd) == 0)
                return;
            if (!_isTooLong && (command & CommandChecksum) != 0)
                InsertLegacyChecksum(descriptor[13], descriptor[10]);
            Send(_packet.AsSpan(0, _length), command, BinaryPrimitives.ReadUInt16LittleEndian(descriptor[14..]));
            Close();
            return;
        }

        uint fields = BinaryPrimitives.ReadUInt32LittleEndian(descriptor[8..]);
        switch ((fields >> 20) & 0xF)
        {
            case 0:
                E1000Context context = E1000Context.Read(descriptor);
                if (context.Segments)
                    _segmentContext = context;
                else
                    _checksumContext = context;
                break;
            case 1:
                Open(command, descriptor[13]);
                Gather(buffer, (int)(fields & 0xF_FFFF));
                if ((command & CommandEnd) == 0)
                    return;
                Finish(command, BinaryPrimitives.ReadUInt16LittleEndian(descriptor[14..]));
                Close();
                break;
        }
    }

    // POPTS and TSE count in a packet's first descriptor.
    private void Open(byte command, byte options)
    {
        if (_isOpen)
            return;
        _isOpen = true;
        _segments = (command & CommandChecksum) != 0;
        _insertsIp = (options & 1) != 0;
        _insertsTransport = (options & 2) != 0;
    }

    private void Close()
    {
        _length = 0;
        _isTooLong = false;
        _isOpen = false;
        _segments = false;
        _insertsIp = false;
        _insertsTransport = false;
    }

    // A packet that is longer than any can be, or not in memory, is not sent.
    private void Gather(ulong buffer, int length)
    {
        if (_isTooLong || length > MostPacket - _length || !_memory.TryRead(buffer, _packet.AsSpan(_length, length)))
        {
            _isTooLong = true;
            return;
        }

        _length += length;
    }
}
