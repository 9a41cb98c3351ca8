using Dominion.Buses;
using Dominion.Devices.Pc.Registers;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Storage;

/// <summary>One IDE channel: a cable with up to two drives, their command and control block registers, and the channel's interrupt (ATA/ATAPI-6, 7 and 9).</summary>
internal sealed class IdeChannel : IBusTarget, IPersistent
{
    private const byte ControlNoInterrupt = 0x02;
    private const byte ControlReset = 0x04;
    private const byte ControlHighOrder = 0x80;
    private const byte DeviceSelect = 0x10;

    // Bits 7 and 5 of the device register read as ones.
    private const byte DeviceOnes = 0xA0;
    private const int BufferLength = 128 << 10;
    private readonly AtaDrive?[] _drives;
    private readonly IInterruptLine _line;
    private readonly RegisterMap _command;
    private readonly byte[] _buffer = new byte[BufferLength];
    private Phase _phase;
    private int _active;
    private int _selected;
    private byte _control;
    private bool _interrupt;

    // What the data register moves: bytes of the buffer, and how many are left of the block between two requests for data.
    private int _at;
    private int _end;
    private int _blockLeft;
    private bool _isPacketCommand;
    private bool _toMemory;

    /// <summary>Puts drives on a cable.</summary>
    /// <param name="master">Device 0, or null.</param>
    /// <param name="slave">Device 1, or null.</param>
    /// <param name="line">The channel's interrupt.</param>
    public IdeChannel(AtaDrive? master, AtaDrive? slave, IInterruptLine line)
    {
        _drives = [master, slave];
        _line = line;
        BusMaster = new IdeBusMaster(RunDma);
        _command = new RegisterMap(1, 8)
            .At(1, "Error/Features", () => Get(static registers => (byte)registers.Error), (value, _) => Set(static (registers, part) => registers.Features = AtaTaskFile.Push(registers.Features, part), value))
            .At(2, "Sector Count", () => GetDeep(static registers => registers.Count), (value, _) => Set(static (registers, part) => registers.Count = AtaTaskFile.Push(registers.Count, part), value))
            .At(3, "LBA Low", () => GetDeep(static registers => registers.Low), (value, _) => Set(static (registers, part) => registers.Low = AtaTaskFile.Push(registers.Low, part), value))
            .At(4, "LBA Mid", () => GetDeep(static registers => registers.Mid), (value, _) => Set(static (registers, part) => registers.Mid = AtaTaskFile.Push(registers.Mid, part), value))
            .At(5, "LBA High", () => GetDeep(static registers => registers.High), (value, _) => Set(static (registers, part) => registers.High = AtaTaskFile.Push(registers.High, part), value))
            .At(6, "Device", () => Get(static registers => registers.Device), (value, _) => WriteDevice((byte)value))
            .At(7, "Status/Command", ReadStatus, (value, _) => WriteCommand((AtaCommand)value));
        Control = new RegisterMap(1, 1).At(0, "Alternate Status/Device Control", ReadAlternateStatus, (value, _) => WriteControl((byte)value));
    }

    private enum Phase : byte
    {
        Idle,
        Packet,
        DataIn,
        DataOut,
        Dma,
    }

    /// <summary>The channel's bus master.</summary>
    public IdeBusMaster BusMaster { get; }

    /// <summary>The control block: one port.</summary>
    public IBusTarget Control { get; }

    private AtaDrive? Selected => _drives[_selected];

    private AtaDrive Active => _drives[_active]!;

    private bool IsEmpty => _drives[0] is null && _drives[1] is null;

    /// <inheritdoc/>
    public ulong Read(in BusAccess access) => access.Offset == 0 ? ReadData((int)access.Width) : _command.Read(access);

    /// <inheritdoc/>
    public void Write(in BusAccess access, ulong value)
    {
        if (access.Offset == 0)
            WriteData((int)access.Width, (uint)value);
        else
            _command.Write(access, value);
    }

    /// <summary>Power-on or reset.</summary>
    public void Reset()
    {
        foreach (AtaDrive? drive in _drives)
            drive?.Reset(hard: true);
        _control = 0;
        _selected = 0;
        Stop();
        SetInterrupt(false);
        BusMaster.Reset();
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        foreach (AtaDrive? drive in _drives)
        {
            writer.Write(drive is not null);
            drive?.Save(writer);
        }

        BusMaster.Save(writer);
        writer.Write((byte)_phase);
        writer.Write(_active);
        writer.Write(_selected);
        writer.Write(_control);
        writer.Write(_interrupt);
        writer.Write(_isPacketCommand);
        writer.Write(_toMemory);
        writer.Write(_at);
        writer.Write(_blockLeft);
        writer.Write(_buffer.AsSpan(0, _end));
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        foreach (AtaDrive? drive in _drives)
        {
            if (reader.ReadBoolean() != drive is not null)
                throw new InvalidDataException("the IDE channel had other drives when its state was saved");
            drive?.Restore(reader);
        }

        BusMaster.Restore(reader);
        _phase = (Phase)reader.ReadByte();
        _active = reader.ReadInt32();
        _selected = reader.ReadInt32();
        _control = reader.ReadByte();
        _interrupt = reader.ReadBoolean();
        _isPacketCommand = reader.ReadBoolean();
        _toMemory = reader.ReadBoolean();
        _at = reader.ReadInt32();
        _blockLeft = reader.ReadInt32();
        byte[] data = reader.ReadBytes();
        bool isPlaced = _active is 0 or 1 && _selected is 0 or 1 && _phase <= Phase.Dma && (_phase == Phase.Idle || _drives[_active] is not null);
        if (!isPlaced || data.Length > BufferLength || _at < 0 || _at > data.Length || _blockLeft is < 0 or > BufferLength
            || (_phase is Phase.DataOut or Phase.Packet && _blockLeft > data.Length - _at)
            || (_phase == Phase.DataIn && (ulong)_blockLeft > (ulong)(data.Length - _at) + Active.Left))
            throw new InvalidDataException("an IDE channel's transfer is out of its bounds");
        _end = data.Length;
        data.CopyTo(_buffer, 0);
        UpdateLine();
    }

    // Nobody drives an empty cable; on one with a single drive, that answers for the other with zeros.
    private uint Get(Func<AtaTaskFile, byte> register) => Selected is { } drive ? register(drive.Registers) : IsEmpty ? 0xFFu : 0;

    private uint GetDeep(Func<AtaTaskFile, ushort> register)
    {
        if (Selected is not { } drive)
            return IsEmpty ? 0xFFu : 0;
        ushort value = register(drive.Registers);
        return (byte)((_control & ControlHighOrder) != 0 ? value >> 8 : value);
    }

    // Both drives hear every write. One of the command block also ends the view of the previous contents.
    private void Set(Action<AtaTaskFile, byte> write, uint value)
    {
        _control &= unchecked((byte)~ControlHighOrder);
        foreach (AtaDrive? drive in _drives)
        {
            if (drive is not null)
                write(drive.Registers, (byte)value);
        }
    }

    private void WriteDevice(byte value)
    {
        _control &= unchecked((byte)~ControlHighOrder);
        foreach (AtaDrive? drive in _drives)
        {
            if (drive is not null)
                drive.Registers.Device = (byte)(value | DeviceOnes);
        }

        _selected = (value & DeviceSelect) != 0 ? 1 : 0;
    }

    private uint ReadStatus()
    {
        uint status = ReadAlternateStatus();
        if (Selected is not null)
            SetInterrupt(false);
        return status;
    }

    private uint ReadAlternateStatus() => Get(static registers => (byte)registers.Status);

    private void WriteControl(byte value)
    {
        bool wasInReset = (_control & ControlReset) != 0;
        _control = value;
        bool isInReset = (value & ControlReset) != 0;
        if (isInReset && !wasInReset)
        {
            Stop();
            SetInterrupt(false);
            _selected = 0;
            foreach (AtaDrive? drive in _drives)
            {
                drive?.Reset(hard: false);
                if (drive is not null)
                    drive.Registers.Status = AtaStatus.Busy;
            }
        }
        else if (!isInReset && wasInReset)
        {
            foreach (AtaDrive? drive in _drives)
                drive?.Reset(hard: false);
        }

        UpdateLine();
    }

    private void WriteCommand(AtaCommand command)
    {
        _control &= unchecked((byte)~ControlHighOrder);
        if (Selected is not { } drive || (_control & ControlReset) != 0)
            return;
        Stop();
        SetInterrupt(false);
        if (command == AtaCommand.ExecuteDeviceDiagnostic)
        {
            // Both drives do it, and device 0 answers.
            foreach (AtaDrive? other in _drives)
                other?.Execute(command);
            _selected = 0;
            SetInterrupt(true);
            return;
        }

        _active = _selected;
        Begin(drive.Execute(command));

        // ATA/ATAPI-6, 9.11: DEVICE RESET ends without an interrupt.
        if (command == AtaCommand.DeviceReset && drive.IsPacket)
            SetInterrupt(false);
    }

    private void Begin(AtaProtocol protocol)
    {
        switch (protocol)
        {
            case AtaProtocol.None:
                End();
                break;
            case AtaProtocol.Packet:
                // No interrupt: the drive says in IDENTIFY that it asks for the packet quickly.
                _phase = Phase.Packet;
                OpenBlock(AtapiDrive.PacketLength);
                _end = AtapiDrive.PacketLength;
                break;
            case AtaProtocol.PioIn:
                _phase = Phase.DataIn;
                _at = 0;
                _end = 0;
                NextBlockIn();
                break;
            case AtaProtocol.PioOut:
                _phase = Phase.DataOut;
                NextBlockOut();
                break;
            default:
                _phase = Phase.Dma;
                _toMemory = protocol == AtaProtocol.DmaIn;
                Active.Registers.Status = AtaStatus.Ready | AtaStatus.DataRequest;
                RunDma();
                break;
        }
    }

    private void OpenBlock(int length)
    {
        _at = _phase == Phase.DataIn ? _at : 0;
        _blockLeft = length;
        Active.Registers.Status = AtaStatus.Ready | AtaStatus.SeekComplete | AtaStatus.DataRequest;
    }

    private void NextBlockIn()
    {
        if (_at == _end && !TryRefill())
            return;
        int length = (int)Math.Min((ulong)Active.BlockLength, (ulong)(_end - _at) + Active.Left);
        OpenBlock(length);
        if (Active.IsPacket)
        {
            Active.Registers.Mid = (byte)length;
            Active.Registers.High = (byte)(length >> 8);
        }

        SetInterrupt(true);
    }

    private bool TryRefill()
    {
        _at = 0;
        _end = (int)Math.Min(BufferLength, Active.Left);
        if (Active.TryRead(_buffer.AsSpan(0, _end)))
            return true;
        End();
        return false;
    }

    private void NextBlockOut()
    {
        int length = (int)Math.Min((ulong)Active.BlockLength, Active.Left);
        OpenBlock(length);
        _end = length;
    }

    private uint ReadData(int width)
    {
        if (_phase != Phase.DataIn || _selected != _active)
            return IsEmpty ? uint.MaxValue : 0;
        uint value = 0;
        for (int i = 0; i < width && _blockLeft > 0; i++)
        {
            if (_at == _end && !TryRefill())
                return value;
            value |= (uint)_buffer[_at++] << (8 * i);
            _blockLeft--;
        }

        if (_blockLeft == 0)
            EndBlockIn();
        return value;
    }

    private void EndBlockIn()
    {
        if (_at != _end || Active.Left != 0)
        {
            NextBlockIn();
            return;
        }

        // A packet device tells its end by an interrupt; a disk's was the one of its last block.
        bool interrupts = Active.IsPacket && _isPacketCommand;
        Active.Complete();
        if (interrupts)
            End();
        else
            Stop();
    }

    private void WriteData(int width, uint value)
    {
        if (_phase is not (Phase.DataOut or Phase.Packet) || _selected != _active)
            return;
        for (int i = 0; i < width && _blockLeft > 0; i++)
        {
            _buffer[_at++] = (byte)(value >> (8 * i));
            _blockLeft--;
        }

        if (_blockLeft != 0)
            return;
        ReadOnlySpan<byte> block = _buffer.AsSpan(0, _end);
        if (_phase == Phase.Packet)
        {
            _isPacketCommand = true;
            Begin(Active.ExecutePacket(block));
            return;
        }

        if (!Active.TryWrite(block))
        {
            End();
        }
        else if (Active.Left == 0)
        {
            Active.Complete();
            End();
        }
        else
        {
            NextBlockOut();
            SetInterrupt(true);
        }
    }

    // Moves the whole transfer when both sides are ready. A table that is too short leaves the drive waiting, as on hardware.
    private void RunDma()
    {
        if (_phase != Phase.Dma || !BusMaster.IsActive)
            return;
        if (BusMaster.IsToMemory != _toMemory)
        {
            BusMaster.Fail();
            return;
        }

        BusMaster.Rewind();
        AtaDrive drive = Active;
        while (drive.Left != 0)
        {
            Span<byte> part = _buffer.AsSpan(0, (int)Math.Min(BufferLength, drive.Left));
            if (_toMemory)
            {
                if (!drive.TryRead(part))
                    break;
                if (!BusMaster.TryWrite(part))
                    return;
            }
            else
            {
                if (!BusMaster.TryRead(part))
                    return;
                if (!drive.TryWrite(part))
                    break;
            }
        }

        if ((drive.Registers.Status & AtaStatus.Error) == 0)
            drive.Complete();
        BusMaster.Finish();
        End();
    }

    // A command has ended.
    private void End()
    {
        Stop();
        SetInterrupt(true);
    }

    // Forgets the transfer under way.
    private void Stop()
    {
        _phase = Phase.Idle;
        _isPacketCommand = false;
        _at = 0;
        _end = 0;
        _blockLeft = 0;
    }

    private void SetInterrupt(bool asserted)
    {
        bool rises = asserted && !_interrupt;
        _interrupt = asserted;
        if (rises && (_control & ControlNoInterrupt) == 0)
            BusMaster.NoteInterrupt();
        UpdateLine();
    }

    private void UpdateLine() => _line.Set(_interrupt && (_control & ControlNoInterrupt) == 0);
}
