using System.Buffers.Binary;
using Dominion.Devices.Pc.Registers;
using Dominion.Memory;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Network;

/// <summary>
/// The receive side (Software Developer's Manual, 3.2 and 13.4.22 on).
/// <code>
/// descriptor  +0 buffer le64, +8 length le16, +10 checksum le16, +12 status, +13 errors, +14 special le16
/// </code>
/// </summary>
internal sealed class E1000Receiver : IPersistent, IDisposable
{
    /// <summary>The longest frame that the card takes, with its check sequence (3.2.3, long packets).</summary>
    public const int MostFrame = 16384;

    private const int LeastFrame = 60;
    private const int CrcLength = 4;
    private const int MostOrdinaryFrame = 1522;
    private const int TagLength = 4;
    private const uint ControlEnable = 1 << 1;
    private const uint ControlUnicast = 1 << 3;
    private const uint ControlMulticast = 1 << 4;
    private const uint ControlLong = 1 << 5;
    private const uint ControlLoopback = 3 << 6;
    private const uint ControlBroadcast = 1 << 15;
    private const uint ControlVlanFilter = 1 << 18;
    private const uint ControlSizeExtension = 1 << 25;
    private const uint ControlStripCrc = 1 << 26;
    private const uint ControlWritable = 0x06DF_B3FE;
    private const uint AddressValid = 1u << 31;
    private const int AddressCount = 16;
    private const int TableLength = 128;
    private readonly IGuestMemory _memory;
    private readonly E1000Interrupts _interrupts;
    private readonly E1000Statistics _statistics;
    private readonly Func<bool> _stripsTags;
    private readonly Func<ushort> _tagType;
    private readonly Func<int> _bufferLimit;
    private readonly E1000Ring _ring = new();
    private readonly E1000Delay _delay;
    private readonly E1000PacketBuffer _waiting = new();
    private readonly uint[] _addresses = new uint[2 * AddressCount];
    private readonly uint[] _multicast = new uint[TableLength];
    private readonly uint[] _vlans = new uint[TableLength];
    private readonly byte[] _frame = new byte[MostFrame];
    private uint _control;
    private uint _checksumControl;
    private uint _delayTime;
    private uint _absoluteDelay;

    /// <summary>Makes the receive side.</summary>
    /// <param name="context">What the board gives.</param>
    /// <param name="memory">The function's view of RAM.</param>
    /// <param name="interrupts">Takes causes.</param>
    /// <param name="statistics">Takes counts.</param>
    /// <param name="stripsTags">Whether VLAN tags are taken out (CTRL.VME).</param>
    /// <param name="tagType">The type of a VLAN tag (VET).</param>
    /// <param name="bufferLimit">How many bytes of the packet buffer are for received frames (PBA).</param>
    public E1000Receiver(IDeviceContext context, IGuestMemory memory, E1000Interrupts interrupts, E1000Statistics statistics, Func<bool> stripsTags, Func<ushort> tagType, Func<int> bufferLimit)
    {
        _memory = memory;
        _interrupts = interrupts;
        _statistics = statistics;
        _stripsTags = stripsTags;
        _tagType = tagType;
        _bufferLimit = bufferLimit;
        _delay = new E1000Delay(context.Clock, () => interrupts.Raise(E1000Cause.Received));
    }

    /// <summary>Whether frames that are sent come back instead of going out.</summary>
    public bool IsLoopback => (_control & ControlLoopback) != 0;

    // BSIZE, and BSEX for sixteen times as much; 3 without BSEX is 256, with it 4096.
    private int BufferSize
    {
        get
        {
            int size = 2048 >> (int)((_control >> 16) & 3);
            return (_control & ControlSizeExtension) == 0 ? size : size == 2048 ? 2048 : size * 16;
        }
    }

    /// <summary>Puts the registers in the card's table.</summary>
    /// <param name="map">The table.</param>
    public void Describe(RegisterMap map)
    {
        map.At(0x100, "RCTL", () => _control, (value, mask) =>
            {
                _control = Bits.Merge(_control, value, mask & ControlWritable);
                Drain();
            })
            .At(0x2820, "RDTR", () => _delayTime, (value, mask) =>
            {
                _delayTime = Bits.Merge(_delayTime, value, mask & 0xFFFF);
                if (value >> 31 != 0)
                    _delay.Flush();
            })
            .At(0x282C, "RADV", () => _absoluteDelay, (value, mask) => _absoluteDelay = Bits.Merge(_absoluteDelay, value, mask & 0xFFFF))
            .At(0x5000, "RXCSUM", () => _checksumControl, (value, mask) => _checksumControl = Bits.Merge(_checksumControl, value, mask & 0x7FF));
        _ring.Describe(map, 0x2800, "RD", Drain);
        Describe(map, 0x5200, "MTA", _multicast);
        Describe(map, 0x5400, "RAL/RAH", _addresses);
        Describe(map, 0x5600, "VFTA", _vlans);
    }

    /// <summary>Reset: the first address is the EEPROM's.</summary>
    /// <param name="address">The station's address.</param>
    public void Reset(MacAddress address)
    {
        _ring.Reset();
        _delay.Reset();
        _waiting.Reset();
        _control = 0;
        _checksumControl = 0;
        _delayTime = 0;
        _absoluteDelay = 0;
        Array.Clear(_addresses);
        Array.Clear(_multicast);
        Array.Clear(_vlans);
        Span<byte> octets = stackalloc byte[8];
        octets.Clear();
        address.CopyTo(octets);
        _addresses[0] = BinaryPrimitives.ReadUInt32LittleEndian(octets);
        _addresses[1] = BinaryPrimitives.ReadUInt32LittleEndian(octets[4..]) | AddressValid;
    }

    /// <summary>Takes a frame from the wire.</summary>
    /// <param name="frame">The frame without its check sequence.</param>
    public void Receive(ReadOnlySpan<byte> frame)
    {
        if ((_control & ControlEnable) == 0 || frame.Length < 14)
            return;
        _statistics.CountSeen(frame);
        int onWire = Math.Max(frame.Length, LeastFrame) + CrcLength;
        if (onWire > MostFrame || ((_control & ControlLong) == 0 && onWire > MostOrdinaryFrame))
        {
            _statistics.CountTooLong();
            return;
        }

        if (!IsWanted(frame))
            return;
        if (_waiting.IsEmpty && TryDeliver(frame))
            return;
        _statistics.CountNoBuffer();
        if (_waiting.TryAdd(frame, _bufferLimit()))
            return;
        _statistics.CountMissed();
        _interrupts.Raise(E1000Cause.ReceiveOverrun);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        _ring.Save(writer);
        _delay.Save(writer);
        _waiting.Save(writer);
        writer.Write(_control);
        writer.Write(_checksumControl);
        writer.Write(_delayTime);
        writer.Write(_absoluteDelay);
        foreach (uint value in _addresses)
            writer.Write(value);
        foreach (uint value in _multicast)
            writer.Write(value);
        foreach (uint value in _vlans)
            writer.Write(value);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        _ring.Restore(reader);
        _delay.Restore(reader);
        _waiting.Restore(reader);
        _control = reader.ReadUInt32() & ControlWritable;
        _checksumControl = reader.ReadUInt32() & 0x7FF;
        _delayTime = reader.ReadUInt32() & 0xFFFF;
        _absoluteDelay = reader.ReadUInt32() & 0xFFFF;
        Restore(reader, _addresses);
        Restore(reader, _multicast);
        Restore(reader, _vlans);
    }

    /// <inheritdoc/>
    public void Dispose() => _delay.Dispose();

    private static void Restore(StateReader reader, uint[] values)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = reader.ReadUInt32();
    }

    private static void Describe(RegisterMap map, int offset, string name, uint[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            int index = i;
            map.At(offset + (4 * i), name, () => values[index], (value, mask) => values[index] = Bits.Merge(values[index], value, mask));
        }
    }

    private bool IsTagged(ReadOnlySpan<byte> frame) => frame.Length >= 18 && BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) == _tagType();

    // 3.2.1: the VLAN filter, then the address filters.
    private bool IsWanted(ReadOnlySpan<byte> frame)
    {
        if ((_control & ControlVlanFilter) != 0 && IsTagged(frame))
        {
            int vlan = BinaryPrimitives.ReadUInt16BigEndian(frame[14..]) & 0xFFF;
            if ((_vlans[vlan >> 5] & (1u << (vlan & 31))) == 0)
                return false;
        }

        uint low = BinaryPrimitives.ReadUInt32LittleEndian(frame);
        uint high = BinaryPrimitives.ReadUInt16LittleEndian(frame[4..]);
        bool isGroup = (frame[0] & 1) != 0;
        if ((_control & (isGroup ? ControlMulticast : ControlUnicast)) != 0)
            return true;
        if (low == uint.MaxValue && high == 0xFFFF)
            return (_control & ControlBroadcast) != 0 || MatchesAddress(low, high);
        if (MatchesAddress(low, high))
            return true;
        if (!isGroup)
            return false;

        // MO chooses which 12 of the address's last 16 bits are the place in the table.
        int shift = ((_control >> 12) & 3) switch
        {
            0 => 4,
            1 => 3,
            2 => 2,
            _ => 0,
        };
        uint hash = (high >> shift) & 0xFFF;
        return (_multicast[hash >> 5] & (1u << (int)(hash & 31))) != 0;
    }

    // Only entries that are valid and select the destination address.
    private bool MatchesAddress(uint low, uint high)
    {
        for (int i = 0; i < AddressCount; i++)
        {
            if (_addresses[2 * i] == low && (_addresses[(2 * i) + 1] & (AddressValid | 0x3_FFFF)) == (AddressValid | high))
                return true;
        }

        return false;
    }

    private void Drain()
    {
        while (!_waiting.IsEmpty && (_control & ControlEnable) != 0)
        {
            int length = _waiting.FirstLength;
            if (!HasRoom(length))
                return;
            Span<byte> frame = _drained.AsSpan(0, length);
            _waiting.Take(frame);
            TryDeliver(frame);
        }
    }

    private readonly byte[] _drained = new byte[MostFrame];

    private int LengthInMemory(int length) => Math.Max(length, LeastFrame) + ((_control & ControlStripCrc) != 0 ? 0 : CrcLength);

    private bool HasRoom(int length) => (uint)((LengthInMemory(length) + BufferSize - 1) / BufferSize) <= _ring.Available;

    private bool TryDeliver(ReadOnlySpan<byte> received)
    {
        if (!HasRoom(received.Length))
            return false;
        _statistics.CountReceived(received);
        byte status = 0;
        ushort special = 0;
        Span<byte> frame = _frame.AsSpan(0, Prepare(received, ref status, ref special));
        (byte checks, byte errors) = E1000ReceiveChecksum.Verify(received, _checksumControl, IsTagged(received));
        status |= checks;
        int start = (int)(_checksumControl & 0xFF);
        ushort checksum = start < received.Length ? InternetChecksum.Fold(InternetChecksum.Add(received[start..])) : (ushort)0;
        while (!frame.IsEmpty)
        {
            int part = Math.Min(BufferSize, frame.Length);
            Place(frame[..part], part == frame.Length, status, errors, checksum, special);
            frame = frame[part..];
        }

        NoteReceived();
        return true;
    }

    // The frame as it goes to memory: without its tag, padded, and with the check sequence of what was on the wire.
    private int Prepare(ReadOnlySpan<byte> received, ref byte status, ref ushort special)
    {
        const byte VlanPacket = 0x08;
        int length;
        if (IsTagged(received))
        {
            status |= VlanPacket;
            special = BinaryPrimitives.ReadUInt16BigEndian(received[14..]);
        }

        if (status != 0 && _stripsTags())
        {
            received[..12].CopyTo(_frame);
            received[16..].CopyTo(_frame.AsSpan(12));
            length = received.Length - TagLength;
        }
        else
        {
            status = 0;
            special = 0;
            received.CopyTo(_frame);
            length = received.Length;
        }

        if (length < LeastFrame)
        {
            _frame.AsSpan(length, LeastFrame - length).Clear();
            length = LeastFrame;
        }

        if ((_control & ControlStripCrc) != 0)
            return length;
        BinaryPrimitives.WriteUInt32LittleEndian(_frame.AsSpan(length), EthernetCrc.Compute(_frame.AsSpan(0, length)));
        return length + CrcLength;
    }

    // Writes a part of a frame to the next buffer, then its descriptor back. What is not RAM takes nothing.
    private void Place(ReadOnlySpan<byte> part, bool isLast, byte status, byte errors, ushort checksum, ushort special)
    {
        const byte Done = 0x01;
        const byte EndOfPacket = 0x02;
        ulong address = _ring.HeadAddress;
        Span<byte> descriptor = stackalloc byte[E1000Ring.DescriptorLength];
        if (_memory.TryRead(address, descriptor))
        {
            _memory.TryWrite(BinaryPrimitives.ReadUInt64LittleEndian(descriptor), part);
            BinaryPrimitives.WriteUInt16LittleEndian(descriptor[8..], (ushort)part.Length);
            BinaryPrimitives.WriteUInt16LittleEndian(descriptor[10..], checksum);
            descriptor[12] = (byte)(Done | (isLast ? EndOfPacket | status : 0));
            descriptor[13] = isLast ? errors : (byte)0;
            BinaryPrimitives.WriteUInt16LittleEndian(descriptor[14..], isLast ? special : (ushort)0);
            _memory.TryWrite(address + 8, descriptor[8..]);
        }

        _ring.Advance();
    }

    private void NoteReceived()
    {
        // RDMTS: a half, a quarter or an eighth of the ring.
        uint threshold = _ring.Count >> (1 + (int)Math.Min((_control >> 8) & 3, 2));
        if (_ring.Available <= threshold)
            _interrupts.Raise(E1000Cause.ReceiveLow);
        _delay.Request(_delayTime, _absoluteDelay);
    }
}
