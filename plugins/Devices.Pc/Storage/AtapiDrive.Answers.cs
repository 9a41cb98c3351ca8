using System.Buffers.Binary;
using System.Text;

namespace Dominion.Devices.Pc.Storage;

/// <summary>The packet commands that tell of the drive and its disc.</summary>
internal sealed partial class AtapiDrive
{
    private const byte EventMediaRemoval = 3;
    private const byte EventNewMedia = 2;
    private const ushort ProfileCd = 0x0008;
    private const ushort ProfileDvd = 0x0010;
    private const uint MostCdSectors = 405_000;

    // A disc of at most 90 minutes is a CD.
    private ushort Profile => _isOpen ? (ushort)0 : _sectorCount <= MostCdSectors ? ProfileCd : ProfileDvd;

    private static int Length16(ReadOnlySpan<byte> packet) => BinaryPrimitives.ReadUInt16BigEndian(packet[7..]);

    private AtaProtocol RequestSense(ReadOnlySpan<byte> packet)
    {
        ScsiSense sense = _sense;
        if (sense == ScsiSense.None)
        {
            sense = _attention;
            _attention = ScsiSense.None;
        }

        _sense = ScsiSense.None;
        Span<byte> data = NewResponse();
        data[0] = 0x70;
        data[2] = sense.Key;
        data[7] = 10;
        data[12] = sense.Code;
        data[13] = sense.Qualifier;
        return Answer(18, packet[4]);
    }

    private AtaProtocol Inquire(ReadOnlySpan<byte> packet)
    {
        // No vital product data.
        if ((packet[1] & 1) != 0 || packet[2] != 0)
            return Check(ScsiSense.InvalidField);
        Span<byte> data = NewResponse();
        data[0] = 0x05;
        data[1] = 0x80;
        data[3] = 0x32;
        data[4] = 31;
        data[8..36].Fill((byte)' ');
        Encoding.ASCII.GetBytes("DOMINION", data[8..]);
        Encoding.ASCII.GetBytes(Name.Model.AsSpan(0, Math.Min(Name.Model.Length, 16)), data[16..]);
        Encoding.ASCII.GetBytes(DriveName.Firmware, data[32..]);
        return Answer(36, packet[4]);
    }

    private AtaProtocol StartStop(ReadOnlySpan<byte> packet)
    {
        bool moves = (packet[4] & 2) != 0;
        bool opens = (packet[4] & 1) == 0;
        if (!moves || opens == _isOpen)
            return Succeed();
        if (opens && _isLocked)
            return Check(ScsiSense.RemovalPrevented);
        _isOpen = opens;
        _event = opens ? EventMediaRemoval : EventNewMedia;
        if (!opens)
            _attention = ScsiSense.MediumChanged;
        return Succeed();
    }

    private AtaProtocol Lock(ReadOnlySpan<byte> packet)
    {
        _isLocked = (packet[4] & 1) != 0;
        return Succeed();
    }

    private AtaProtocol ReadCapacity()
    {
        if (_isOpen)
            return Check(ScsiSense.NoMedium);
        Span<byte> data = NewResponse();
        BinaryPrimitives.WriteUInt32BigEndian(data, _sectorCount - 1);
        BinaryPrimitives.WriteUInt32BigEndian(data[4..], SectorLength);
        return Answer(8, 8);
    }

    // MMC-6, 6.26: format 0 lists the tracks, format 1 the sessions. The disc has one data track in one session.
    private AtaProtocol ReadToc(ReadOnlySpan<byte> packet)
    {
        const byte LeadOut = 0xAA;
        const byte DataTrack = 0x14;
        if (_isOpen)
            return Check(ScsiSense.NoMedium);
        bool isTime = (packet[1] & 2) != 0;
        int format = packet[2] & 0xF;
        if (format == 0)
            format = packet[9] >> 6;
        byte first = packet[6];
        if (format > 1 || (format == 0 && first > 1 && first != LeadOut))
            return Check(ScsiSense.InvalidField);
        Span<byte> data = NewResponse();
        data[2] = 1;
        data[3] = 1;
        int length = 4;
        if (format == 1 || first <= 1)
            AddTrack(data, 1, 0);
        if (format == 0)
            AddTrack(data, LeadOut, _sectorCount);
        BinaryPrimitives.WriteUInt16BigEndian(data, (ushort)(length - 2));
        return Answer(length, Length16(packet));

        void AddTrack(Span<byte> list, byte track, uint sector)
        {
            list[length + 1] = DataTrack;
            list[length + 2] = track;
            if (isTime)
                WriteTime(list[(length + 4)..], sector);
            else
                BinaryPrimitives.WriteUInt32BigEndian(list[(length + 4)..], sector);
            length += 8;
        }
    }

    // Minutes, seconds and frames of 1/75 s; sector 0 is at two seconds.
    private static void WriteTime(Span<byte> field, uint sector)
    {
        ulong frames = (ulong)sector + 150;
        field[1] = (byte)Math.Min(frames / (75 * 60), 255);
        field[2] = (byte)(frames / 75 % 60);
        field[3] = (byte)(frames % 75);
    }

    // MMC-6, 6.6: the features that the drive has, from the one that is asked for.
    private AtaProtocol GetConfiguration(ReadOnlySpan<byte> packet)
    {
        int request = packet[1] & 3;
        ushort start = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        if (request == 3)
            return Check(ScsiSense.InvalidField);
        Span<byte> data = NewResponse();
        int length = 8;

        // Profile list: DVD-ROM and CD-ROM, bit 0 of the third byte for the current one.
        AddFeature(data, 0x0000, 0x03, [0x00, 0x10, (byte)(Profile == ProfileDvd ? 1 : 0), 0, 0x00, 0x08, (byte)(Profile == ProfileCd ? 1 : 0), 0]);

        // Core: ATAPI. Removable medium: tray, ejects, locks. Random readable: blocks of 2048 bytes, one at a time.
        AddFeature(data, 0x0001, 0x0B, [0, 0, 0, 2, 1, 0, 0, 0]);
        AddFeature(data, 0x0003, 0x03, [0x29, 0, 0, 0]);
        AddFeature(data, 0x0010, (byte)(_isOpen ? 0 : 1), [0, 0, SectorLength >> 8, 0, 0, 1, 0, 0]);
        AddFeature(data, Profile == ProfileDvd ? (ushort)0x001F : (ushort)0x001E, (byte)(_isOpen ? 0x08 : 0x09), [0, 0, 0, 0]);
        BinaryPrimitives.WriteUInt32BigEndian(data, (uint)length - 4);
        BinaryPrimitives.WriteUInt16BigEndian(data[6..], Profile);
        return Answer(length, Length16(packet));

        void AddFeature(Span<byte> list, ushort code, byte flags, ReadOnlySpan<byte> body)
        {
            bool isCurrent = (flags & 1) != 0;
            bool isWanted = request switch
            {
                0 => code >= start,
                1 => code >= start && isCurrent,
                _ => code == start,
            };
            if (!isWanted)
                return;
            BinaryPrimitives.WriteUInt16BigEndian(list[length..], code);
            list[length + 2] = flags;
            list[length + 3] = (byte)body.Length;
            body.CopyTo(list[(length + 4)..]);
            length += 4 + body.Length;
        }
    }

    // MMC-6, 6.7: only polled, only the class of media events.
    private AtaProtocol GetEvent(ReadOnlySpan<byte> packet)
    {
        const byte MediaClass = 4;
        if ((packet[1] & 1) == 0)
            return Check(ScsiSense.InvalidField);
        Span<byte> data = NewResponse();
        data[3] = 1 << MediaClass;
        if ((packet[4] & (1 << MediaClass)) == 0)
        {
            // NEA: none of the asked classes is there.
            data[1] = 2;
            data[2] = 0x80;
            return Answer(4, Length16(packet));
        }

        data[1] = 6;
        data[2] = MediaClass;
        data[4] = _event;
        data[5] = (byte)(_isOpen ? 1 : 2);
        _event = 0;
        return Answer(8, Length16(packet));
    }

    // MMC-6, 6.21: a disc that is complete, with one session of one track.
    private AtaProtocol ReadDiscInformation(ReadOnlySpan<byte> packet)
    {
        if (_isOpen)
            return Check(ScsiSense.NoMedium);
        if ((packet[1] & 7) != 0)
            return Check(ScsiSense.InvalidField);
        Span<byte> data = NewResponse();
        data[1] = 32;
        data[2] = 0x0E;
        data[3] = 1;
        data[4] = 1;
        data[5] = 1;
        data[6] = 1;
        data[7] = 0x20;
        data[16..24].Fill(0xFF);
        return Answer(34, Length16(packet));
    }

    // MMC-6, 7: error recovery (01h), and capabilities (2Ah, as in MMC-3, which drivers still ask for).
    private AtaProtocol ModeSense(ReadOnlySpan<byte> packet)
    {
        int page = packet[2] & 0x3F;
        int control = packet[2] >> 6;
        Span<byte> data = NewResponse();
        int length = 8;

        // Saved values are not kept.
        if (control == 3)
            return Check(new ScsiSense(5, 0x39, 0));
        if (page is 0x01 or 0x3F)
        {
            data[length] = 0x01;
            data[length + 1] = 0x0A;
            data[length + 3] = (byte)(control == 1 ? 0 : 5);
            length += 12;
        }

        if (page is 0x2A or 0x3F)
        {
            Span<byte> body = data[length..];
            body[0] = 0x2A;
            body[1] = 18;
            if (control != 1)
            {
                body[2] = 0x0B;
                body[4] = 0x40;
                body[6] = (byte)(0x29 | (_isLocked ? 2 : 0));
                BinaryPrimitives.WriteUInt16BigEndian(body[8..], 8467);
                BinaryPrimitives.WriteUInt16BigEndian(body[12..], 128);
                BinaryPrimitives.WriteUInt16BigEndian(body[14..], 8467);
            }

            length += 20;
        }

        if (length == 8)
            return Check(ScsiSense.InvalidField);
        BinaryPrimitives.WriteUInt16BigEndian(data, (ushort)(length - 2));
        data[2] = (byte)(_isOpen ? 0x71 : 0x01);
        return Answer(length, Length16(packet));
    }

    private AtaProtocol GetMechanismStatus(ReadOnlySpan<byte> packet)
    {
        Span<byte> data = NewResponse();
        data[1] = (byte)(_isOpen ? 0x10 : 0);
        return Answer(8, BinaryPrimitives.ReadUInt16BigEndian(packet[8..]));
    }
}
