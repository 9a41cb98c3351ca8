using System.Buffers.Binary;

namespace Dominion.Devices.Pc.Storage;

/// <summary>How a port executes the command in a slot (AHCI 1.3.1, 5.3 to 5.6).</summary>
internal sealed partial class AhciPort
{
    // The command in hand: its table, its descriptors, and how far they are used.
    private ulong _table;
    private int _descriptorCount;
    private int _nextDescriptor;
    private ulong _address;
    private uint _length;
    private bool _interruptsAfter;
    private uint _moved;

    private void Execute()
    {
        ulong headerAddress = _list + ((uint)_slot * HeaderLength);
        Span<byte> header = stackalloc byte[16];
        Span<byte> fis = stackalloc byte[20];
        if (!_memory!.TryRead(headerAddress, header))
        {
            Halt(StatusBusFatal);
            return;
        }

        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(header);
        _table = BinaryPrimitives.ReadUInt64LittleEndian(header[8..]) & ~0x7Ful;
        _descriptorCount = (int)(flags >> 16);
        _nextDescriptor = 0;
        _length = 0;
        _interruptsAfter = false;
        _moved = 0;
        if (!_memory.TryRead(_table, fis))
        {
            Halt(StatusBusFatal);
            return;
        }

        uint bit = 1u << _slot;
        if (fis[0] != RegisterToDevice)
        {
            // Whatever else a drive is sent, it does not answer.
            _issued &= ~bit;
            return;
        }

        Load(fis);
        if ((fis[1] & FisIsCommand) == 0)
        {
            _issued &= ~bit;
            Control(fis[15]);
            return;
        }

        if (_isInReset)
        {
            _issued &= ~bit;
            return;
        }

        var command = (AtaCommand)fis[2];
        bool isQueued = command is AtaCommand.ReadFpdmaQueued or AtaCommand.WriteFpdmaQueued;
        bool isPacket = command == AtaCommand.Packet;
        AtaProtocol protocol = _drive.Execute(command);
        if (protocol == AtaProtocol.Packet)
        {
            if ((flags & HeaderPacket) == 0)
            {
                // The drive waits for a packet that the controller does not have.
                _drive.Registers.Status = AtaStatus.Ready | AtaStatus.DataRequest;
                _issued &= ~bit;
                return;
            }

            Span<byte> packet = stackalloc byte[AtapiDrive.PacketLength];
            if (!_memory.TryRead(_table + PacketOffset, packet))
            {
                Halt(StatusBusFatal);
                return;
            }

            SendPioSetup(toHost: false, AtaStatus.Ready | AtaStatus.DataRequest, AtapiDrive.PacketLength);
            protocol = _drive.ExecutePacket(packet);
        }

        bool isPioIn = protocol == AtaProtocol.PioIn && !isPacket;
        uint firstBlock = (uint)Math.Min((ulong)_drive.BlockLength, _drive.Left);
        if (protocol != AtaProtocol.None && !TryMove(protocol is AtaProtocol.PioIn or AtaProtocol.DmaIn))
            return;
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], _moved);
        if (!_memory.TryWrite(headerAddress + 4, header[4..8]))
        {
            Halt(StatusBusFatal);
            return;
        }

        Finish(bit, isQueued, isPioIn, firstBlock);
    }

    private void Finish(uint bit, bool isQueued, bool isPioIn, uint firstBlock)
    {
        bool failed = (_drive.Registers.Status & AtaStatus.Error) != 0;
        if (isQueued)
        {
            _issued &= ~bit;
            SendDeviceBits(failed ? 0 : bit);
        }
        else
        {
            if (!failed)
                _issued &= ~bit;

            // Data to the host by PIO ends with the status that its PIO setup has announced; all else with the registers.
            if (isPioIn && !failed)
                SendPioSetup(toHost: true, AtaStatus.Ready | AtaStatus.DataRequest, firstBlock);
            else
                SendRegisters(interrupts: true);
        }

        if (failed)
            Halt(StatusTaskFile);
        if (_interruptsAfter)
            _status |= StatusDescriptor;
    }

    // A register FIS fills the drive's command block (Serial ATA 3.0, 10.3.4).
    private void Load(ReadOnlySpan<byte> fis)
    {
        AtaTaskFile registers = _drive.Registers;
        registers.Features = (ushort)(fis[3] | (fis[11] << 8));
        registers.Low = (ushort)(fis[4] | (fis[8] << 8));
        registers.Mid = (ushort)(fis[5] | (fis[9] << 8));
        registers.High = (ushort)(fis[6] | (fis[10] << 8));
        registers.Device = fis[7];
        registers.Count = BinaryPrimitives.ReadUInt16LittleEndian(fis[12..]);
    }

    // The device control register: SRST on, then off, resets the drive, which then sends its signature.
    private void Control(byte value)
    {
        bool isReset = (value & ControlReset) != 0;
        if (_isInReset && !isReset)
        {
            ResetDrive(hard: false);
            SendRegisters(interrupts: false);
        }

        _isInReset = isReset;
    }

    // Moves the whole transfer. False when the port has halted.
    private bool TryMove(bool toHost)
    {
        while (_drive.Left != 0)
        {
            Span<byte> part = _buffer.AsSpan(0, (int)Math.Min(BufferLength, _drive.Left));
            if (toHost)
            {
                if (!_drive.TryRead(part))
                    return true;
                if (!TryScatter(part))
                    return false;
            }
            else
            {
                if (!TryGather(part))
                    return false;
                if (!_drive.TryWrite(part))
                    return true;
            }

            _moved += (uint)part.Length;
        }

        _drive.Complete();
        return true;
    }

    private bool TryScatter(ReadOnlySpan<byte> source)
    {
        while (!source.IsEmpty)
        {
            if (!TryAdvance())
                return false;
            int part = (int)Math.Min(_length, (uint)source.Length);
            if (!_memory!.TryWrite(_address, source[..part]))
            {
                Halt(StatusBusFatal);
                return false;
            }

            _address += (uint)part;
            _length -= (uint)part;
            source = source[part..];
        }

        return true;
    }

    private bool TryGather(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            if (!TryAdvance())
                return false;
            int part = (int)Math.Min(_length, (uint)destination.Length);
            if (!_memory!.TryRead(_address, destination[..part]))
            {
                Halt(StatusBusFatal);
                return false;
            }

            _address += (uint)part;
            _length -= (uint)part;
            destination = destination[part..];
        }

        return true;
    }

    // The next descriptor when the one before is used up. A list that is too short is an overflow (6.1.5).
    private bool TryAdvance()
    {
        if (_length != 0)
            return true;
        if (_nextDescriptor == _descriptorCount)
        {
            Halt(StatusOverflow);
            return false;
        }

        Span<byte> descriptor = stackalloc byte[DescriptorLength];
        if (!_memory!.TryRead(_table + DescriptorsOffset + ((uint)_nextDescriptor * DescriptorLength), descriptor))
        {
            Halt(StatusBusFatal);
            return false;
        }

        _nextDescriptor++;
        _address = BinaryPrimitives.ReadUInt64LittleEndian(descriptor);
        uint last = BinaryPrimitives.ReadUInt32LittleEndian(descriptor[12..]);
        _length = (last & 0x3F_FFFF) + 1;
        _interruptsAfter |= last >> 31 != 0;
        return true;
    }
}
