using System.Buffers.Binary;
using System.Numerics;
using Dominion.Devices.Pc.Registers;
using Dominion.Memory;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Storage;

/// <summary>
/// One port of an AHCI controller with its drive (AHCI 1.3.1, 3.3, 4 and 5).
/// <code>
/// command header     +0 le32: length of the FIS in dwords (4–0), ATAPI (5), write (6), reset (8), clear busy (10), number of descriptors (31–16);
///                    +4 bytes moved le32, +8 command table le64
/// command table      +0x00 the FIS, +0x40 the packet, +0x80 descriptors: +0 address le64, +12 bytes less one (21–0), interrupt (31)
/// received FISes     +0x00 DMA setup, +0x20 PIO setup, +0x40 register, +0x58 set device bits
/// </code>
/// </summary>
internal sealed partial class AhciPort : IPersistent
{
    /// <summary>The length of a port's registers.</summary>
    public const int RegistersLength = 0x80;

    /// <summary>The length of the buffer that data is moved through.</summary>
    public const int BufferLength = 128 << 10;

    private const int SlotCount = 32;
    private const int HeaderLength = 32;
    private const int PacketOffset = 0x40;
    private const int DescriptorsOffset = 0x80;
    private const int DescriptorLength = 16;
    private const uint HeaderPacket = 1 << 5;

    private const byte RegisterToDevice = 0x27;
    private const byte RegisterToHost = 0x34;
    private const byte PioSetup = 0x5F;
    private const byte SetDeviceBits = 0xA1;
    private const byte FisInterrupt = 0x40;
    private const byte FisToHost = 0x20;
    private const byte FisIsCommand = 0x80;
    private const byte ControlReset = 0x04;

    private const uint StatusRegister = 1 << 0;
    private const uint StatusPioSetup = 1 << 1;
    private const uint StatusDeviceBits = 1 << 3;
    private const uint StatusDescriptor = 1 << 5;
    private const uint StatusConnect = 1 << 6;
    private const uint StatusOverflow = 1 << 24;
    private const uint StatusBusFatal = 1 << 29;
    private const uint StatusTaskFile = 1 << 30;
    private const uint StatusWritable = 0xFDC0_00AF;

    private const uint CommandStart = 1 << 0;
    private const uint CommandSpinUp = 1 << 1;
    private const uint CommandPowerOn = 1 << 2;
    private const uint CommandListOverride = 1 << 3;
    private const uint CommandReceive = 1 << 4;
    private const uint CommandReceiving = 1 << 14;
    private const uint CommandRunning = 1 << 15;
    private const uint CommandAtapi = 1 << 24;
    private const uint CommandWritable = CommandStart | CommandReceive | CommandAtapi;

    // Device present and communication established, second generation speed, interface active.
    private const uint LinkUp = 0x123;
    private const uint LinkInitializing = 1;
    private const uint ErrorExchanged = 1 << 26;
    private readonly AtaDrive _drive;
    private readonly byte[] _buffer;
    private readonly Action _changed;
    private IGuestMemory? _memory;
    private ulong _list;
    private ulong _received;
    private uint _status;
    private uint _enabled;
    private uint _command;
    private uint _signature;
    private uint _linkControl;
    private uint _linkError;
    private uint _active;
    private uint _issued;
    private int _slot;
    private bool _isHalted;
    private bool _isInReset;

    /// <summary>Puts a drive at a port.</summary>
    /// <param name="drive">The drive.</param>
    /// <param name="buffer">What data is moved through; all ports can share it.</param>
    /// <param name="changed">Who hears that <see cref="IsInterrupting"/> may have changed.</param>
    public AhciPort(AtaDrive drive, byte[] buffer, Action changed)
    {
        _drive = drive;
        _buffer = buffer;
        _changed = changed;
    }

    /// <summary>Whether the port asks for an interrupt.</summary>
    public bool IsInterrupting => (_status & _enabled) != 0;

    private bool IsRunning => (_command & CommandStart) != 0;

    private uint LinkStatus => (_linkControl & 0xF) == LinkInitializing ? 0 : LinkUp;

    private bool IsBusy => (_drive.Registers.Status & (AtaStatus.Busy | AtaStatus.DataRequest)) != 0;

    /// <summary>Puts the port's registers in the controller's table (3.3).</summary>
    /// <param name="map">The table.</param>
    /// <param name="offset">Where the port's registers start.</param>
    public void Describe(RegisterMap map, int offset) =>
        map.At(offset + 0x00, "PxCLB", () => (uint)_list, (value, mask) => _list = Bits.Merge(_list, value & ~0x3FFu, (ulong)mask))
            .At(offset + 0x04, "PxCLBU", () => (uint)(_list >> 32), (value, mask) => _list = Bits.Merge(_list, (ulong)value << 32, (ulong)mask << 32))
            .At(offset + 0x08, "PxFB", () => (uint)_received, (value, mask) => _received = Bits.Merge(_received, value & ~0xFFu, (ulong)mask))
            .At(offset + 0x0C, "PxFBU", () => (uint)(_received >> 32), (value, mask) => _received = Bits.Merge(_received, (ulong)value << 32, (ulong)mask << 32))
            .At(offset + 0x10, "PxIS", ReadStatus, (value, _) => ClearStatus(value))
            .At(offset + 0x14, "PxIE", () => _enabled, (value, mask) => SetEnabled(Bits.Merge(_enabled, value, mask)))
            .At(offset + 0x18, "PxCMD", ReadCommand, (value, mask) => WriteCommand(Bits.Merge(_command, value, mask)))
            .At(offset + 0x20, "PxTFD", () => (uint)((byte)_drive.Registers.Status | ((byte)_drive.Registers.Error << 8)))
            .At(offset + 0x24, "PxSIG", () => _signature)
            .At(offset + 0x28, "PxSSTS", () => LinkStatus)
            .At(offset + 0x2C, "PxSCTL", () => _linkControl, (value, mask) => WriteLinkControl(Bits.Merge(_linkControl, value, mask & 0xFFF)))
            .At(offset + 0x30, "PxSERR", () => _linkError, (value, _) => ClearLinkError(value))
            .At(offset + 0x34, "PxSACT", () => _active, (value, _) => SetActive(value))
            .At(offset + 0x38, "PxCI", () => _issued, (value, _) => Issue(value));

    /// <summary>Gives the port the function's view of RAM.</summary>
    /// <param name="memory">The view.</param>
    public void Attach(IGuestMemory memory) => _memory = memory;

    /// <summary>Power-on or a reset of the controller: the drive is there, and its signature has come.</summary>
    public void Reset()
    {
        _list = 0;
        _received = 0;
        _status = 0;
        _enabled = 0;
        _command = CommandSpinUp | CommandPowerOn | (_drive.IsPacket ? CommandAtapi : 0);
        _linkControl = 0;
        _linkError = 0;
        Stop();
        ResetDrive(hard: true);
        _linkError = ErrorExchanged;
        _changed();
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        _drive.Save(writer);
        writer.Write(_list);
        writer.Write(_received);
        writer.Write(_status);
        writer.Write(_enabled);
        writer.Write(_command);
        writer.Write(_signature);
        writer.Write(_linkControl);
        writer.Write(_linkError);
        writer.Write(_active);
        writer.Write(_issued);
        writer.Write(_slot);
        writer.Write(_isHalted);
        writer.Write(_isInReset);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        _drive.Restore(reader);
        _list = reader.ReadUInt64();
        _received = reader.ReadUInt64();
        _status = reader.ReadUInt32();
        _enabled = reader.ReadUInt32();
        _command = reader.ReadUInt32();
        _signature = reader.ReadUInt32();
        _linkControl = reader.ReadUInt32();
        _linkError = reader.ReadUInt32();
        _active = reader.ReadUInt32();
        _issued = reader.ReadUInt32();
        _slot = reader.ReadInt32();
        if (_slot is < 0 or >= SlotCount)
            throw new InvalidDataException($"a port has no command slot {_slot}");
        _isHalted = reader.ReadBoolean();
        _isInReset = reader.ReadBoolean();
    }

    // PCS follows SERR.DIAG.X and is cleared there.
    private uint ReadStatus() => _status | ((_linkError & ErrorExchanged) != 0 ? StatusConnect : 0);

    private void ClearStatus(uint value)
    {
        _status &= ~(value & StatusWritable & ~StatusConnect);
        _changed();
    }

    private void SetEnabled(uint value)
    {
        _enabled = value & (StatusWritable | StatusConnect);
        _changed();
    }

    private uint ReadCommand() =>
        _command
        | ((_command & CommandReceive) != 0 ? CommandReceiving : 0)
        | (IsRunning ? CommandRunning | ((uint)_slot << 8) : 0);

    private void WriteCommand(uint value)
    {
        bool ran = IsRunning;
        bool received = (_command & CommandReceive) != 0;
        _command = (_command & ~CommandWritable) | (value & CommandWritable);

        // 3.3.7, CLO: lets a command in while the drive is busy, to reset it.
        if ((value & CommandListOverride) != 0 && !IsRunning)
            _drive.Registers.Status &= ~(AtaStatus.Busy | AtaStatus.DataRequest);
        if (!received && (_command & CommandReceive) != 0)
            SendRegisters(interrupts: false);
        if (ran && !IsRunning)
            Stop();
        else if (!ran && IsRunning)
            Run();
        _changed();
    }

    // PxCI and PxSACT are cleared when ST goes off.
    private void Stop()
    {
        _issued = 0;
        _active = 0;
        _slot = 0;
        _isHalted = false;
        _isInReset = false;
    }

    private void WriteLinkControl(uint value)
    {
        bool wasInitializing = (_linkControl & 0xF) == LinkInitializing;
        _linkControl = value & 0xFFF;
        bool isInitializing = (_linkControl & 0xF) == LinkInitializing;
        if (!wasInitializing && isInitializing)
        {
            _drive.Reset(hard: true);
            _drive.Registers.Status = AtaStatus.Busy;
        }
        else if (wasInitializing && !isInitializing)
        {
            // COMRESET ends: the drive sends its signature.
            ResetDrive(hard: true);
            _linkError |= ErrorExchanged;
            SendRegisters(interrupts: false);
        }

        _changed();
    }

    private void ClearLinkError(uint value)
    {
        _linkError &= ~value;
        _changed();
    }

    private void SetActive(uint value)
    {
        if (IsRunning)
            _active |= value;
    }

    private void Issue(uint value)
    {
        if (!IsRunning)
            return;
        _issued |= value;
        Run();
        _changed();
    }

    private void ResetDrive(bool hard)
    {
        _drive.Reset(hard);
        AtaTaskFile registers = _drive.Registers;
        _signature = (uint)((byte)registers.Count | ((byte)registers.Low << 8) | ((byte)registers.Mid << 16) | ((byte)registers.High << 24));
    }

    // Fetches and executes what is issued, round the slots from the one after the last.
    private void Run()
    {
        while (IsRunning && _issued != 0 && !_isHalted && !IsBusy && LinkStatus == LinkUp)
        {
            uint rotated = BitOperations.RotateRight(_issued, _slot + 1);
            _slot = (_slot + 1 + BitOperations.TrailingZeroCount(rotated)) & (SlotCount - 1);
            Execute();
        }
    }

    private void Halt(uint status)
    {
        _status |= status;
        _isHalted = true;
    }

    // Puts a FIS where the driver wants it; without FRE nobody does.
    private void Receive(int offset, ReadOnlySpan<byte> fis)
    {
        if ((_command & CommandReceive) != 0 && !_memory!.TryWrite(_received + (uint)offset, fis))
            Halt(StatusBusFatal);
    }

    private void FillRegisters(Span<byte> fis)
    {
        AtaTaskFile registers = _drive.Registers;
        fis[2] = (byte)registers.Status;
        fis[3] = (byte)registers.Error;
        fis[4] = (byte)registers.Low;
        fis[5] = (byte)registers.Mid;
        fis[6] = (byte)registers.High;
        fis[7] = registers.Device;
        fis[8] = (byte)(registers.Low >> 8);
        fis[9] = (byte)(registers.Mid >> 8);
        fis[10] = (byte)(registers.High >> 8);
        BinaryPrimitives.WriteUInt16LittleEndian(fis[12..], registers.Count);
    }

    private void SendRegisters(bool interrupts)
    {
        Span<byte> fis = stackalloc byte[20];
        fis.Clear();
        fis[0] = RegisterToHost;
        fis[1] = interrupts ? FisInterrupt : (byte)0;
        FillRegisters(fis);
        Receive(0x40, fis);
        if (interrupts)
            _status |= StatusRegister;
    }

    // Data to the device starts without an interrupt: the host waits for no more than the request (ATA8-ACS, PIO data-out and PACKET protocols).
    private void SendPioSetup(bool toHost, AtaStatus start, uint length)
    {
        Span<byte> fis = stackalloc byte[20];
        fis.Clear();
        fis[0] = PioSetup;
        fis[1] = (byte)(toHost ? FisInterrupt | FisToHost : 0);
        FillRegisters(fis);
        fis[15] = fis[2];
        fis[2] = (byte)start;
        BinaryPrimitives.WriteUInt16LittleEndian(fis[16..], (ushort)length);
        Receive(0x20, fis);
        if (toHost)
            _status |= StatusPioSetup;
    }

    private void SendDeviceBits(uint completed)
    {
        Span<byte> fis = stackalloc byte[8];
        fis[0] = SetDeviceBits;
        fis[1] = FisInterrupt;
        fis[2] = (byte)((byte)_drive.Registers.Status & 0x77);
        fis[3] = (byte)_drive.Registers.Error;
        BinaryPrimitives.WriteUInt32LittleEndian(fis[4..], completed);
        Receive(0x58, fis);
        _active &= ~completed;
        _status |= StatusDeviceBits;
    }
}
