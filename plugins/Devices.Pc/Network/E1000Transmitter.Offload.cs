using System.Buffers.Binary;

namespace Dominion.Devices.Pc.Network;

/// <summary>Checksums, segments and tags of frames to send (Software Developer's Manual, 3.3.3.1, 3.5 and 9).</summary>
internal sealed partial class E1000Transmitter
{
    private const byte TcpFinAndPush = 0x09;

    // Legacy: the sum from CSS to the end goes to CSO.
    private void InsertLegacyChecksum(byte start, byte offset) => InsertChecksum(_packet.AsSpan(0, _length), start, offset, 0, 0);

    // A field outside the packet, or after what it covers begins nowhere, is not inserted.
    private static void InsertChecksum(Span<byte> packet, int start, int offset, int end, ulong sum)
    {
        int last = end == 0 ? packet.Length : Math.Min(end + 1, packet.Length);
        if (start >= last || offset + 2 > packet.Length)
            return;
        ushort checksum = InternetChecksum.Fold(InternetChecksum.Add(packet[start..last], sum));
        BinaryPrimitives.WriteUInt16BigEndian(packet[offset..], (ushort)~checksum);
    }

    private void Finish(byte command, ushort tag)
    {
        if (_isTooLong)
            return;
        if (_segments)
        {
            Segment(command, tag);
            return;
        }

        Span<byte> packet = _packet.AsSpan(0, _length);
        InsertChecksums(packet, _checksumContext);
        Send(packet, command, tag);
    }

    private void InsertChecksums(Span<byte> packet, in E1000Context context)
    {
        if (_insertsTransport)
            InsertChecksum(packet, context.TransportStart, context.TransportOffset, context.TransportEnd, 0);
        if (!_insertsIp)
            return;

        // The IP header's checksum does not cover itself.
        if (context.IpOffset + 2 <= packet.Length)
            BinaryPrimitives.WriteUInt16BigEndian(packet[context.IpOffset..], 0);
        InsertChecksum(packet, context.IpStart, context.IpOffset, context.IpEnd, 0);
    }

    // 3.5: the header before every part of the payload, with lengths, identification, sequence number, flags and checksums of its own.
    private void Segment(byte command, ushort tag)
    {
        E1000Context context = _segmentContext;
        int header = context.HeaderLength;
        int most = context.SegmentLength;
        int transport = context.TransportStart;
        int transportFields = context.IsTcp ? 20 : 8;
        bool isPlausible = most > 0 && header <= _length && transport + transportFields <= header && context.IpStart + (context.IsIpv4 ? InternetChecksum.Ipv4HeaderLength : 40) <= header
            && transport >= context.IpStart && header + most <= _packet.Length;
        if (!isPlausible)
            return;
        _statistics.CountSegmented();
        int payload = _length - header;
        int done = 0;
        for (int number = 0; number == 0 || done < payload; number++)
        {
            int part = Math.Min(most, payload - done);
            Span<byte> segment = _segment.AsSpan(0, header + part);
            _packet.AsSpan(0, header).CopyTo(segment);
            _packet.AsSpan(header + done, part).CopyTo(segment[header..]);
            Adjust(segment, context, number, done, isLast: done + part == payload);
            InsertChecksums(segment, context);
            Send(segment, command, tag);
            done += part;
        }
    }

    private void Adjust(Span<byte> segment, in E1000Context context, int number, int done, bool isLast)
    {
        Span<byte> ip = segment[context.IpStart..];
        Span<byte> transport = segment[context.TransportStart..];
        if (context.IsIpv4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)ip.Length);
            BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)(BinaryPrimitives.ReadUInt16BigEndian(ip[4..]) + number));
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)(ip.Length - 40));
        }

        if (context.IsTcp)
        {
            BinaryPrimitives.WriteUInt32BigEndian(transport[4..], BinaryPrimitives.ReadUInt32BigEndian(transport[4..]) + (uint)done);
            if (!isLast)
                transport[13] &= unchecked((byte)~TcpFinAndPush);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(transport[4..], (ushort)transport.Length);
        }

        // The driver has put the pseudo-header's sum there, without the length, which only the card knows.
        if (!_insertsTransport || context.TransportOffset + 2 > segment.Length)
            return;
        Span<byte> field = segment[context.TransportOffset..];
        BinaryPrimitives.WriteUInt16BigEndian(field, InternetChecksum.Fold(BinaryPrimitives.ReadUInt16BigEndian(field) + (ulong)(uint)transport.Length));
    }

    private void Send(ReadOnlySpan<byte> packet, byte command, ushort tag)
    {
        if (_isTooLong || packet.Length < LeastFrame)
            return;
        if ((command & CommandVlan) == 0 || !_insertsTags())
        {
            Put(packet);
            return;
        }

        Span<byte> frame = _frame.AsSpan(0, packet.Length + 4);
        packet[..12].CopyTo(frame);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], _tagType());
        BinaryPrimitives.WriteUInt16BigEndian(frame[14..], tag);
        packet[12..].CopyTo(frame[16..]);
        Put(frame);
    }

    private void Put(ReadOnlySpan<byte> frame)
    {
        _statistics.CountTransmitted(frame);
        _send(frame);
    }
}
