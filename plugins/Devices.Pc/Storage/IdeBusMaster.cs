using System.Buffers.Binary;
using Dominion.Devices.Pc.Registers;
using Dominion.Memory;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Storage;

/// <summary>
/// One channel's bus master (Programming Interface for Bus Master IDE Controller 1.0; Intel PIIX4 data sheet, 2.7).
/// <code>
/// descriptor  +0 address le32, +4 length le16 (0 is 64 KiB), +6 bit 15: the last one
/// </code>
/// </summary>
internal sealed class IdeBusMaster : IPersistent
{
    /// <summary>How many ports a channel's bus master has.</summary>
    public const int PortCount = 8;

    private const byte CommandStart = 0x01;
    private const byte CommandToMemory = 0x08;
    private const byte StatusActive = 0x01;
    private const byte StatusError = 0x02;
    private const byte StatusInterrupt = 0x04;
    private const byte StatusWritable = 0x60;
    private const int DescriptorLength = 8;
    private const uint TableLimit = 0x1_0000;
    private readonly Action _started;
    private IGuestMemory? _memory;
    private byte _command;
    private byte _status;
    private uint _table;

    // Where in the descriptor table a transfer is.
    private uint _next;
    private uint _address;
    private uint _length;
    private bool _isLast;

    /// <summary>Makes a bus master that stands still.</summary>
    /// <param name="started">What happens when the guest starts it.</param>
    public IdeBusMaster(Action started)
    {
        _started = started;
    }

    /// <summary>Whether it runs.</summary>
    public bool IsActive => (_status & StatusActive) != 0;

    /// <summary>Whether it moves data to memory.</summary>
    public bool IsToMemory => (_command & CommandToMemory) != 0;

    /// <summary>Puts the registers in a table.</summary>
    /// <param name="map">A table of registers of a byte.</param>
    /// <param name="offset">Where the channel's eight registers start.</param>
    public void Describe(RegisterMap map, int offset)
    {
        map.At(offset, "BMICX", () => _command, (value, _) => WriteCommand((byte)value))
            .At(offset + 2, "BMISX", () => _status, (value, _) => WriteStatus((byte)value));
        for (int i = 0; i < 4; i++)
        {
            int shift = 8 * i;
            map.At(offset + 4 + i, "BMIDTPX", () => (byte)(_table >> shift), (value, _) => _table = Bits.Merge(_table, value << shift, 0xFFu << shift) & ~3u);
        }
    }

    /// <summary>Gives it the function's view of RAM.</summary>
    /// <param name="memory">The view.</param>
    public void Attach(IGuestMemory memory) => _memory = memory;

    /// <summary>Reset.</summary>
    public void Reset()
    {
        _command = 0;
        _status = 0;
        _table = 0;
        Rewind();
    }

    /// <summary>The rise of the channel's interrupt.</summary>
    public void NoteInterrupt() => _status |= StatusInterrupt;

    /// <summary>Starts at the table's first descriptor.</summary>
    public void Rewind()
    {
        _next = 0;
        _address = 0;
        _length = 0;
        _isLast = false;
    }

    /// <summary>Moves bytes to memory.</summary>
    /// <param name="source">The bytes.</param>
    /// <returns>False when the table ended or RAM did not take them; the bus master has stopped.</returns>
    public bool TryWrite(ReadOnlySpan<byte> source)
    {
        while (!source.IsEmpty)
        {
            if (!TryAdvance())
                return false;
            int part = (int)Math.Min(_length, (uint)source.Length);
            if (!_memory!.TryWrite(_address, source[..part]))
                return Fail();
            Consume((uint)part);
            source = source[part..];
        }

        return true;
    }

    /// <summary>Takes bytes from memory.</summary>
    /// <param name="destination">Takes the bytes.</param>
    /// <returns>False when the table ended or RAM did not give them; the bus master has stopped.</returns>
    public bool TryRead(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            if (!TryAdvance())
                return false;
            int part = (int)Math.Min(_length, (uint)destination.Length);
            if (!_memory!.TryRead(_address, destination[..part]))
                return Fail();
            Consume((uint)part);
            destination = destination[part..];
        }

        return true;
    }

    /// <summary>The drive has moved all its data: the bus master stops too when its table is at its end, and else stays active until it is stopped (PIIX4, table "Interrupt/Activity Status Combinations").</summary>
    public void Finish()
    {
        if (_isLast && _length == 0)
            _status &= unchecked((byte)~StatusActive);
    }

    /// <summary>Stops with an error.</summary>
    /// <returns>False.</returns>
    public bool Fail()
    {
        _status = (byte)((_status & ~StatusActive) | StatusError);
        return false;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Write(_command);
        writer.Write(_status);
        writer.Write(_table);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        _command = reader.ReadByte();
        _status = reader.ReadByte();
        _table = reader.ReadUInt32() & ~3u;
        Rewind();
    }

    private void WriteCommand(byte value)
    {
        bool starts = (value & ~_command & CommandStart) != 0;

        // The direction does not change while the bus master runs.
        if (IsActive && (value & CommandStart) != 0)
            return;
        _command = (byte)(value & (CommandStart | CommandToMemory));
        if ((value & CommandStart) == 0)
        {
            _status &= unchecked((byte)~StatusActive);
        }
        else if (starts)
        {
            _status |= StatusActive;
            _started();
        }
    }

    private void WriteStatus(byte value) =>
        _status = (byte)((_status & ~StatusWritable & ~(value & (StatusError | StatusInterrupt))) | (value & StatusWritable));

    private void Consume(uint length)
    {
        _address += length;
        _length -= length;
    }

    // The next descriptor when the one before is used up. A table does not cross 64 KiB, which also bounds its length.
    private bool TryAdvance()
    {
        if (_length != 0)
            return true;
        if (_isLast || (_table & (TableLimit - 1)) + _next >= TableLimit)
        {
            _status &= unchecked((byte)~StatusActive);
            return false;
        }

        Span<byte> descriptor = stackalloc byte[DescriptorLength];
        if (!_memory!.TryRead((ulong)_table + _next, descriptor))
            return Fail();
        _next += DescriptorLength;
        _address = BinaryPrimitives.ReadUInt32LittleEndian(descriptor) & ~1u;
        uint length = BinaryPrimitives.ReadUInt16LittleEndian(descriptor[4..]) & 0xFFFEu;
        _length = length == 0 ? 0x1_0000 : length;
        _isLast = (descriptor[7] & 0x80) != 0;
        return true;
    }
}
