using System.Buffers.Binary;
using System.Numerics;
using Dominion.Persistence;
using Dominion.Services;

namespace Dominion.Devices.Pc.Storage;

/// <summary>A hard disk (ATA8-ACS; cylinders, heads and sectors as in ATA-5).</summary>
internal sealed class AtaDisk : AtaDrive
{
    /// <summary>The most sectors between two requests for data that SET MULTIPLE MODE allows.</summary>
    public const int MostMultiple = 16;

    private const int DefaultHeads = 16;
    private const int DefaultSectors = 63;
    private const int MostQueued = 32;
    private const byte QueuedErrorLog = 0x10;
    private const byte ForcedUnitAccess = 0x80;
    private const int MostCylinders = 16383;
    private const ulong Lba28Limit = 0x0FFF_FFFF;
    private readonly int _sectorSize;
    private readonly int _sectorShift;
    private readonly ulong _sectorCount;
    private readonly bool _isReadOnly;
    private int _heads;
    private int _sectors;
    private int _multiple;
    private bool _writeCache;
    private bool _lookAhead;
    private bool _isForced;
    private bool _isQueued;
    private readonly byte[] _queuedError = new byte[ResponseLength];

    /// <summary>Puts a disk before a store.</summary>
    /// <param name="store">The disk's content.</param>
    /// <param name="name">What it says that it is.</param>
    /// <param name="isReadOnly">Whether writes are refused even if the store takes them.</param>
    /// <param name="isSerial">Whether it is a SATA disk.</param>
    public AtaDisk(IBlockStore store, DriveName name, bool isReadOnly, bool isSerial)
        : base(store, name, isSerial)
    {
        _sectorSize = store.SectorSize;
        _sectorShift = BitOperations.Log2((uint)_sectorSize);
        _sectorCount = store.Length >> _sectorShift;
        _isReadOnly = isReadOnly || store.IsReadOnly;
        Reset(hard: true);
    }

    /// <inheritdoc/>
    public override bool IsPacket => false;

    private ulong Cylinders => Math.Min(_sectorCount / (ulong)(_heads * _sectors), MostCylinders);

    /// <inheritdoc/>
    public override void Reset(bool hard)
    {
        base.Reset(hard);
        _isForced = false;
        _isQueued = false;
        Array.Clear(_queuedError);
        if (!hard)
            return;
        _heads = DefaultHeads;
        _sectors = DefaultSectors;
        _multiple = 0;
        _writeCache = true;
        _lookAhead = true;
    }

    /// <inheritdoc/>
    public override void Save(StateWriter writer)
    {
        base.Save(writer);
        writer.Write(_heads);
        writer.Write(_sectors);
        writer.Write(_multiple);
        writer.Write(_writeCache);
        writer.Write(_lookAhead);
        writer.Write(_isForced);
        writer.Write(_isQueued);
        writer.Write(_queuedError.AsSpan());
    }

    /// <inheritdoc/>
    public override void Restore(StateReader reader)
    {
        base.Restore(reader);
        _heads = reader.ReadInt32();
        _sectors = reader.ReadInt32();
        _multiple = reader.ReadInt32();
        if (_heads is < 1 or > 16 || _sectors is < 1 or > 255 || _multiple is < 0 or > MostMultiple)
            throw new InvalidDataException("a disk's geometry is out of range");
        _writeCache = reader.ReadBoolean();
        _lookAhead = reader.ReadBoolean();
        _isForced = reader.ReadBoolean();
        _isQueued = reader.ReadBoolean();
        byte[] error = reader.ReadBytes();
        if (error.Length != ResponseLength)
            throw new InvalidDataException($"a log page of {error.Length} bytes");
        error.CopyTo(_queuedError, 0);
    }

    /// <inheritdoc/>
    protected override AtaProtocol Start(AtaCommand command)
    {
        _isForced = command is AtaCommand.WriteDmaFuaExt or AtaCommand.WriteMultipleFuaExt;
        _isQueued = false;
        switch (command)
        {
            case AtaCommand.ReadSectors or AtaCommand.ReadSectorsNoRetry:
                return Move(AtaProtocol.PioIn, isLong: false, sectorsInBlock: 1);
            case AtaCommand.ReadSectorsExt:
                return Move(AtaProtocol.PioIn, isLong: true, sectorsInBlock: 1);
            case AtaCommand.ReadMultiple:
                return Move(AtaProtocol.PioIn, isLong: false, _multiple);
            case AtaCommand.ReadMultipleExt:
                return Move(AtaProtocol.PioIn, isLong: true, _multiple);
            case AtaCommand.ReadDma or AtaCommand.ReadDmaNoRetry:
                return Move(AtaProtocol.DmaIn, isLong: false, sectorsInBlock: 1);
            case AtaCommand.ReadDmaExt:
                return Move(AtaProtocol.DmaIn, isLong: true, sectorsInBlock: 1);
            case AtaCommand.WriteSectors or AtaCommand.WriteSectorsNoRetry:
                return Move(AtaProtocol.PioOut, isLong: false, sectorsInBlock: 1);
            case AtaCommand.WriteSectorsExt:
                return Move(AtaProtocol.PioOut, isLong: true, sectorsInBlock: 1);
            case AtaCommand.WriteMultiple:
                return Move(AtaProtocol.PioOut, isLong: false, _multiple);
            case AtaCommand.WriteMultipleExt or AtaCommand.WriteMultipleFuaExt:
                return Move(AtaProtocol.PioOut, isLong: true, _multiple);
            case AtaCommand.WriteDma or AtaCommand.WriteDmaNoRetry:
                return Move(AtaProtocol.DmaOut, isLong: false, sectorsInBlock: 1);
            case AtaCommand.WriteDmaExt or AtaCommand.WriteDmaFuaExt:
                return Move(AtaProtocol.DmaOut, isLong: true, sectorsInBlock: 1);
            case AtaCommand.ReadFpdmaQueued when IsSerial:
                return MoveQueued(AtaProtocol.DmaIn);
            case AtaCommand.WriteFpdmaQueued when IsSerial:
                return MoveQueued(AtaProtocol.DmaOut);
            case AtaCommand.ReadLogExt when IsSerial:
                return ReadLog();
            case AtaCommand.ReadVerify or AtaCommand.ReadVerifyNoRetry:
                return Verify(isLong: false);
            case AtaCommand.ReadVerifyExt:
                return Verify(isLong: true);
            case AtaCommand.Seek:
                return TryLocate(isLong: false, count: 1, out _) ? AtaProtocol.None : Fail(AtaError.NotFound);
            case AtaCommand.FlushCache or AtaCommand.FlushCacheExt:
                return Store.Flush() == BlockStatus.Ok ? AtaProtocol.None : FailWrite();
            case AtaCommand.IdentifyDevice:
                return Identify();
            case AtaCommand.ExecuteDeviceDiagnostic:
                PassDiagnostic();
                return AtaProtocol.None;
            case AtaCommand.InitializeDeviceParameters:
                return SetGeometry();
            case AtaCommand.SetMultipleMode:
                return SetMultiple();
            case AtaCommand.SetFeatures:
                return SetFeatures();
            case AtaCommand.CheckPowerMode:
                // FFh: active or idle.
                Registers.Count = 0xFF;
                return AtaProtocol.None;
            case AtaCommand.StandbyImmediate or AtaCommand.IdleImmediate or AtaCommand.Standby or AtaCommand.Idle or AtaCommand.Sleep:
                return AtaProtocol.None;
            case >= AtaCommand.Recalibrate and < AtaCommand.ReadSectors:
                return AtaProtocol.None;
            default:
                return Abort();
        }
    }

    /// <inheritdoc/>
    protected override bool TryStore(ulong offset, ReadOnlySpan<byte> source)
    {
        if (Store.Write(offset, source) != BlockStatus.Ok)
            return false;
        return (_writeCache && !_isForced) || Store.Flush() == BlockStatus.Ok;
    }

    /// <inheritdoc/>
    protected override void FailMedium(bool isWrite)
    {
        if (_isQueued)
            FailQueued(isWrite ? AtaError.Aborted : AtaError.Uncorrectable);
        else if (isWrite)
            FailWrite();
        else
            Fail(AtaError.Uncorrectable);
    }

    private AtaProtocol FailWrite()
    {
        Fail(AtaError.Aborted);
        Registers.Status |= AtaStatus.DeviceFault;
        return AtaProtocol.None;
    }

    // ATA8-ACS: a count of 0 is the most that fits.
    private uint CountOf(bool isLong)
    {
        uint count = isLong ? Registers.Count : (byte)Registers.Count;
        return count != 0 ? count : isLong ? 0x1_0000u : 0x100;
    }

    private AtaProtocol Move(AtaProtocol protocol, bool isLong, int sectorsInBlock)
    {
        // READ and WRITE MULTIPLE need SET MULTIPLE MODE first.
        bool isWrite = protocol is AtaProtocol.PioOut or AtaProtocol.DmaOut;
        if (sectorsInBlock == 0 || (isLong && !Registers.IsLba) || (isWrite && _isReadOnly))
            return Abort();
        uint count = CountOf(isLong);
        if (!TryLocate(isLong, count, out ulong sector))
            return Fail(AtaError.NotFound);
        BlockLength = sectorsInBlock << _sectorShift;
        Transfer(sector << _sectorShift, (ulong)count << _sectorShift);
        return protocol;
    }

    // Serial ATA's native queueing (ATA8-ACS, 7.32 and 7.66): the count is in the features register, the tag in the count register.
    private AtaProtocol MoveQueued(AtaProtocol protocol)
    {
        _isQueued = true;
        bool isWrite = protocol == AtaProtocol.DmaOut;
        _isForced = isWrite && (Registers.Device & ForcedUnitAccess) != 0;
        uint count = Registers.Features == 0 ? 0x1_0000u : Registers.Features;
        if (isWrite && _isReadOnly)
            return FailQueued(AtaError.Aborted);
        if (!TryLocate(isLong: true, count, out ulong sector))
            return FailQueued(AtaError.NotFound);
        Transfer(sector << _sectorShift, (ulong)count << _sectorShift);
        return protocol;
    }

    // Keeps what log page 10h tells of the failed command (ATA8-ACS, A.7).
    private AtaProtocol FailQueued(AtaError error)
    {
        Fail(error);
        Span<byte> log = _queuedError;
        log.Clear();
        log[0] = (byte)((Registers.Count >> 3) & (MostQueued - 1));
        log[2] = (byte)Registers.Status;
        log[3] = (byte)error;
        ulong sector = Registers.Lba48;
        for (int i = 0; i < 3; i++)
        {
            log[4 + i] = (byte)(sector >> (8 * i));
            log[8 + i] = (byte)(sector >> (24 + (8 * i)));
        }

        log[7] = Registers.Device;
        BinaryPrimitives.WriteUInt16LittleEndian(log[12..], Registers.Count);
        byte sum = 0;
        foreach (byte part in log[..^1])
            sum += part;
        log[^1] = (byte)-sum;
        return AtaProtocol.None;
    }

    // Page 0 lists the pages: 10h, of one sector.
    private AtaProtocol ReadLog()
    {
        if (Registers.Count != 1 || (byte)Registers.Mid != 0 || (byte)Registers.Low is not (0 or QueuedErrorLog))
            return Abort();
        Span<byte> data = NewResponse();
        if ((byte)Registers.Low == 0)
        {
            SetWord(data, 0, 1);
            SetWord(data, QueuedErrorLog, 1);
        }
        else
        {
            _queuedError.CopyTo(data);
        }

        BlockLength = ResponseLength;
        Respond(ResponseLength);
        return AtaProtocol.PioIn;
    }

    private AtaProtocol Verify(bool isLong) => TryLocate(isLong, CountOf(isLong), out _) ? AtaProtocol.None : Fail(AtaError.NotFound);

    private bool TryLocate(bool isLong, uint count, out ulong sector)
    {
        if (isLong)
        {
            sector = Registers.Lba48;
        }
        else if (Registers.IsLba)
        {
            sector = Registers.Lba28;
        }
        else
        {
            // Sectors of a track count from 1.
            int number = (byte)Registers.Low;
            sector = 0;
            if (number < 1 || number > _sectors || Registers.Head >= _heads)
                return false;
            sector = (((ulong)Registers.Cylinder * (uint)_heads) + (uint)Registers.Head) * (uint)_sectors + (uint)number - 1;
        }

        return sector <= _sectorCount && count <= _sectorCount - sector;
    }

    // ATA-5, 8.16: the heads in the device register, less one, and the sectors of a track in the count register.
    private AtaProtocol SetGeometry()
    {
        if ((byte)Registers.Count == 0)
            return Abort();
        _heads = Registers.Head + 1;
        _sectors = (byte)Registers.Count;
        return AtaProtocol.None;
    }

    private AtaProtocol SetMultiple()
    {
        int count = (byte)Registers.Count;
        if (count > MostMultiple || (count != 0 && !BitOperations.IsPow2(count)))
            return Abort();
        _multiple = count;
        return AtaProtocol.None;
    }

    private AtaProtocol SetFeatures()
    {
        switch ((byte)Registers.Features)
        {
            case 0x02:
                _writeCache = true;
                return AtaProtocol.None;
            case 0x82:
                _writeCache = false;
                return Store.Flush() == BlockStatus.Ok ? AtaProtocol.None : FailWrite();
            case 0xAA:
                _lookAhead = true;
                return AtaProtocol.None;
            case 0x55:
                _lookAhead = false;
                return AtaProtocol.None;
            case 0x03 when TrySetTransferMode():
                return AtaProtocol.None;
            default:
                return Abort();
        }
    }

    // ATA8-ACS, 7.16 "IDENTIFY DEVICE".
    private AtaProtocol Identify()
    {
        Span<byte> data = NewResponse();
        DescribeCommon(data);
        SetWord(data, 0, 0x0040);
        SetWord(data, 1, (int)Math.Min(_sectorCount / (DefaultHeads * DefaultSectors), MostCylinders));
        SetWord(data, 3, DefaultHeads);
        SetWord(data, 6, DefaultSectors);
        SetWord(data, 47, 0x8000 | MostMultiple);
        SetWord(data, 49, 0x0F00);
        SetWord(data, 50, 0x4000);
        SetWord(data, 53, 0b111);
        SetWord(data, 54, (int)Cylinders);
        SetWord(data, 55, _heads);
        SetWord(data, 56, _sectors);
        BinaryPrimitives.WriteUInt32LittleEndian(data[(57 * 2)..], (uint)Math.Min(Cylinders * (ulong)(_heads * _sectors), Lba28Limit));
        if (_multiple != 0)
            SetWord(data, 59, 0x0100 | _multiple);
        BinaryPrimitives.WriteUInt32LittleEndian(data[(60 * 2)..], (uint)Math.Min(_sectorCount, Lba28Limit));

        // 82–84 what there is, 85–87 what is on: NOP, look-ahead, write cache, power management; FLUSH CACHE and its EXT, 48-bit addresses; WRITE FUA EXT.
        SetWord(data, 82, 0x4068);
        SetWord(data, 83, 0x7400);
        SetWord(data, 84, 0x4040);
        SetWord(data, 85, 0x4008 | (_lookAhead ? 0x40 : 0) | (_writeCache ? 0x20 : 0));
        SetWord(data, 86, 0x3400);
        SetWord(data, 87, 0x4040);
        BinaryPrimitives.WriteUInt64LittleEndian(data[(100 * 2)..], _sectorCount);
        if (_sectorSize != 512)
        {
            SetWord(data, 106, 0x5000);
            BinaryPrimitives.WriteUInt32LittleEndian(data[(117 * 2)..], (uint)_sectorSize / 2);
        }

        if (IsSerial)
        {
            SetWord(data, 75, MostQueued - 1);
            SetWord(data, 76, 0x0106);
            SetWord(data, 84, 0x4060);
            SetWord(data, 87, 0x4060);
        }

        SetWord(data, 217, 1);
        BlockLength = ResponseLength;
        Respond(ResponseLength);
        return AtaProtocol.PioIn;
    }
}
