using System.Buffers.Binary;
using Dominion.Persistence;
using Dominion.Services;

namespace Dominion.Devices.Pc.Storage;

/// <summary>A CD-ROM drive with a disc of one data track (ATA8-ACS packet feature set; MMC-6).</summary>
internal sealed partial class AtapiDrive : AtaDrive
{
    /// <summary>The length of a packet.</summary>
    public const int PacketLength = 12;

    /// <summary>The length of a sector of a disc.</summary>
    public const int SectorLength = 2048;

    /// <summary>The longest part that a packet device moves between two requests for data.</summary>
    public const int LongestBlock = 0xFFFE;

    // The interrupt reason in the count register: CoD says command and not data, IO says to the host.
    private const ushort CommandOrData = 1;
    private const ushort InputOutput = 2;
    private const ushort ReasonCompleted = CommandOrData | InputOutput;
    private readonly uint _sectorCount;
    private ScsiSense _sense;
    private ScsiSense _attention;
    private byte _event;
    private bool _isOpen;
    private bool _isLocked;
    private bool _usesDma;

    /// <summary>Puts a drive before a disc.</summary>
    /// <param name="store">The disc.</param>
    /// <param name="name">What the drive says that it is.</param>
    /// <param name="isSerial">Whether it is a SATA drive.</param>
    public AtapiDrive(IBlockStore store, DriveName name, bool isSerial)
        : base(store, name, isSerial)
    {
        _sectorCount = (uint)Math.Min(store.Length / SectorLength, uint.MaxValue);
        Reset(hard: true);
    }

    /// <inheritdoc/>
    public override bool IsPacket => true;

    /// <inheritdoc/>
    public override void Reset(bool hard)
    {
        base.Reset(hard);
        _usesDma = false;
        if (!hard)
            return;
        _sense = ScsiSense.None;
        _attention = ScsiSense.PowerOn;
        _event = 0;
        _isOpen = false;
        _isLocked = false;
    }

    /// <inheritdoc/>
    public override void Save(StateWriter writer)
    {
        base.Save(writer);
        Write(writer, _sense);
        Write(writer, _attention);
        writer.Write(_event);
        writer.Write(_isOpen);
        writer.Write(_isLocked);
        writer.Write(_usesDma);
    }

    /// <inheritdoc/>
    public override void Restore(StateReader reader)
    {
        base.Restore(reader);
        _sense = ReadSense(reader);
        _attention = ReadSense(reader);
        _event = reader.ReadByte();
        _isOpen = reader.ReadBoolean();
        _isLocked = reader.ReadBoolean();
        _usesDma = reader.ReadBoolean();
    }

    /// <inheritdoc/>
    public override AtaProtocol ExecutePacket(ReadOnlySpan<byte> packet)
    {
        var command = (PacketCommand)packet[0];

        // SPC-3, 4.5.6: INQUIRY, REQUEST SENSE and event polling do not report a unit attention.
        if (_attention != ScsiSense.None && command is not (PacketCommand.Inquiry or PacketCommand.RequestSense or PacketCommand.GetEventStatusNotification or PacketCommand.GetConfiguration))
        {
            ScsiSense attention = _attention;
            _attention = ScsiSense.None;
            return Check(attention);
        }

        if (command != PacketCommand.RequestSense)
            _sense = ScsiSense.None;
        return command switch
        {
            PacketCommand.TestUnitReady or PacketCommand.Seek10 => _isOpen ? Check(ScsiSense.NoMedium) : Succeed(),
            PacketCommand.RequestSense => RequestSense(packet),
            PacketCommand.Inquiry => Inquire(packet),
            PacketCommand.StartStopUnit => StartStop(packet),
            PacketCommand.PreventAllowMediumRemoval => Lock(packet),
            PacketCommand.ReadCapacity => ReadCapacity(),
            PacketCommand.Read10 => ReadSectors(BinaryPrimitives.ReadUInt32BigEndian(packet[2..]), BinaryPrimitives.ReadUInt16BigEndian(packet[7..])),
            PacketCommand.Read12 => ReadSectors(BinaryPrimitives.ReadUInt32BigEndian(packet[2..]), BinaryPrimitives.ReadUInt32BigEndian(packet[6..])),
            PacketCommand.ReadToc => ReadToc(packet),
            PacketCommand.GetConfiguration => GetConfiguration(packet),
            PacketCommand.GetEventStatusNotification => GetEvent(packet),
            PacketCommand.ReadDiscInformation => ReadDiscInformation(packet),
            PacketCommand.ModeSense10 => ModeSense(packet),
            PacketCommand.SetCdSpeed => Succeed(),
            PacketCommand.MechanismStatus => GetMechanismStatus(packet),
            _ => Check(ScsiSense.InvalidCommand),
        };
    }

    /// <inheritdoc/>
    protected override AtaProtocol Start(AtaCommand command)
    {
        switch (command)
        {
            case AtaCommand.Packet:
                _usesDma = (Registers.Features & 1) != 0;

                // A limit of 0 is the standard's undefined; old drivers mean the most.
                int limit = ((byte)Registers.Mid | ((byte)Registers.High << 8)) & LongestBlock;
                BlockLength = limit == 0 ? LongestBlock : limit;
                Registers.Count = CommandOrData;
                return AtaProtocol.Packet;
            case AtaCommand.IdentifyPacketDevice:
                return Identify();
            case AtaCommand.IdentifyDevice or AtaCommand.ReadSectors:
                // ATA8-ACS, 7.16.3: aborted, and the signature tells what the device is.
                Registers.SetSignature(isPacket: true);
                return Abort();
            case AtaCommand.DeviceReset or AtaCommand.ExecuteDeviceDiagnostic:
                PassDiagnostic();
                return AtaProtocol.None;
            case AtaCommand.SetFeatures when (byte)Registers.Features == 0x03 && TrySetTransferMode():
                return AtaProtocol.None;
            case AtaCommand.CheckPowerMode:
                Registers.Count = 0xFF;
                return AtaProtocol.None;
            case AtaCommand.StandbyImmediate or AtaCommand.IdleImmediate or AtaCommand.Standby or AtaCommand.Idle or AtaCommand.Sleep or AtaCommand.FlushCache:
                return AtaProtocol.None;
            default:
                return Abort();
        }
    }

    /// <inheritdoc/>
    protected override bool TryStore(ulong offset, ReadOnlySpan<byte> source) => false;

    /// <inheritdoc/>
    protected override void FailMedium(bool isWrite) => Check(ScsiSense.ReadError);

    /// <inheritdoc/>
    protected override void OnComplete() => Registers.Count = ReasonCompleted;

    private static void Write(StateWriter writer, ScsiSense sense)
    {
        writer.Write(sense.Key);
        writer.Write(sense.Code);
        writer.Write(sense.Qualifier);
    }

    private static ScsiSense ReadSense(StateReader reader) => new(reader.ReadByte(), reader.ReadByte(), reader.ReadByte());

    private AtaProtocol Succeed()
    {
        Complete();
        return AtaProtocol.None;
    }

    // CHECK CONDITION: the sense key stands in the error register too.
    private AtaProtocol Check(ScsiSense sense)
    {
        _sense = sense;
        Fail((AtaError)(sense.Key << 4) | (sense.Key == 5 ? AtaError.Aborted : AtaError.None));
        Registers.Count = ReasonCompleted;
        return AtaProtocol.None;
    }

    private AtaProtocol Answer(int length, int allocation)
    {
        int part = Math.Min(length, allocation);
        if (part == 0)
            return Succeed();
        Respond(part);
        return Send();
    }

    private AtaProtocol Send()
    {
        Registers.Count = InputOutput;
        return _usesDma ? AtaProtocol.DmaIn : AtaProtocol.PioIn;
    }

    private AtaProtocol ReadSectors(uint sector, uint count)
    {
        if (_isOpen)
            return Check(ScsiSense.NoMedium);
        if (sector > _sectorCount || count > _sectorCount - sector)
            return Check(ScsiSense.OutOfRange);
        if (count == 0)
            return Succeed();
        Transfer((ulong)sector * SectorLength, (ulong)count * SectorLength);
        return Send();
    }

    private AtaProtocol Identify()
    {
        Span<byte> data = NewResponse();
        DescribeCommon(data);

        // Packet device, CD-ROM, removable, DRQ within 50 µs of PACKET, packets of 12 bytes.
        SetWord(data, 0, 0x85C0);
        SetWord(data, 49, 0x0F00);
        SetWord(data, 82, 0x4218);
        SetWord(data, 83, 0x4000);
        SetWord(data, 84, 0x4000);
        SetWord(data, 85, 0x4218);
        SetWord(data, 87, 0x4000);
        if (IsSerial)
            SetWord(data, 76, 0x0006);
        BlockLength = ResponseLength;
        Respond(ResponseLength);
        return AtaProtocol.PioIn;
    }
}
