using System.Buffers.Binary;
using Dominion.Devices.Split.Network;
using Dominion.Devices.Split.Tests.Fixtures;
using Dominion.Split;

namespace Dominion.Devices.Split.Tests.Network;

public class NetworkBackendTests
{
    private const int ChecksumBlank = 1;
    private const int MoreData = 4;
    private const short Okay = 0;
    private const short Null = 1;
    private const short Error = -1;

    [Fact]
    public void A_packet_goes_to_the_segment_as_it_is()
    {
        NetworkGuest guest = new();
        byte[] packet = Packets.TcpV4(100);
        Assert.Equal([(50, Okay)], guest.SendPacket(packet));
        Assert.Equal(packet, Assert.Single(guest.Segment.Sent));
    }

    [Fact]
    public void A_packet_in_fragments_is_put_together_and_each_fragment_is_answered()
    {
        NetworkGuest guest = new();
        byte[] packet = Packets.TcpV4(9000);
        Assert.Equal([(50, Okay), (51, Okay), (52, Okay)], guest.SendPacket(packet));
        Assert.Equal(packet, Assert.Single(guest.Segment.Sent));
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(true, 0)]
    public void A_blank_checksum_is_filled_in(bool isIpv6, int vlans)
    {
        NetworkGuest guest = new();
        byte[] packet = isIpv6 ? Packets.TcpV6(101) : Packets.TcpV4(101, vlans: vlans);
        Assert.Equal([(50, Okay)], guest.SendPacket(packet, ChecksumBlank));
        int ip = 14 + (4 * vlans);
        Assert.True(Packets.HasRightChecksum(Assert.Single(guest.Segment.Sent), ip, ip + (isIpv6 ? 48 : 20), isIpv6));
    }

    [Fact]
    public void A_blank_checksum_of_udp_is_filled_in()
    {
        NetworkGuest guest = new();
        guest.SendPacket(Packets.UdpV4(77), ChecksumBlank);
        Assert.True(Packets.HasRightChecksum(Assert.Single(guest.Segment.Sent), 14, 34, false));
    }

    [Fact]
    public void A_blank_checksum_of_a_packet_that_has_none_is_an_error()
    {
        NetworkGuest guest = new();
        byte[] fragment = Packets.TcpV4(100);
        fragment[20] = 0x20;
        byte[] cut = Packets.TcpV4(100);
        BinaryPrimitives.WriteUInt16BigEndian(cut.AsSpan(16), 4000);
        byte[] other = Packets.TcpV4(100);
        other[23] = 1;
        foreach (byte[] packet in (byte[][])[fragment, cut, other, new byte[20]])
            Assert.Equal([(50, Error)], guest.SendPacket(packet, ChecksumBlank));
        Assert.Empty(guest.Segment.Sent);
    }

    [Fact]
    public void A_large_tcp_packet_is_cut_into_segments()
    {
        NetworkGuest guest = new();
        byte[] packet = Packets.TcpV4(10_000, flags: 0x99);
        Assert.Equal([(50, Okay), (0, Null), (51, Okay), (52, Okay)], guest.SendPacket(packet, ChecksumBlank, NetworkGuest.Gso(1448, 1)));
        List<byte[]> sent = guest.Segment.Sent;
        Assert.Equal(7, sent.Count);
        Assert.Equal(packet[54..], sent.SelectMany(segment => segment[54..]));
        for (int i = 0; i < sent.Count; i++)
        {
            byte[] segment = sent[i];
            Assert.True(Packets.HasRightHeader(segment, 14));
            Assert.True(Packets.HasRightChecksum(segment, 14, 34, false));
            Assert.Equal(segment.Length - 14, BinaryPrimitives.ReadUInt16BigEndian(segment.AsSpan(16)));
            Assert.Equal((ushort)(0xFFFE + i), BinaryPrimitives.ReadUInt16BigEndian(segment.AsSpan(18)));
            Assert.Equal(0xFFFF_FF00 + (uint)(1448 * i), BinaryPrimitives.ReadUInt32BigEndian(segment.AsSpan(38)));

            // CWR goes with the first segment, PSH and FIN with the last, ACK with all.
            Assert.Equal(i == 0 ? 0x90 : i == 6 ? 0x19 : 0x10, segment[47]);
        }
    }

    [Fact]
    public void A_large_tcp_packet_over_ipv6_is_cut_into_segments()
    {
        NetworkGuest guest = new();
        byte[] packet = Packets.TcpV6(3000);
        guest.SendPacket(packet, ChecksumBlank, NetworkGuest.Gso(1400, 2));
        Assert.Equal(3, guest.Segment.Sent.Count);
        Assert.Equal(packet[82..], guest.Segment.Sent.SelectMany(segment => segment[82..]));
        Assert.All(guest.Segment.Sent, segment =>
        {
            Assert.True(Packets.HasRightChecksum(segment, 14, 62, true));
            Assert.Equal(segment.Length - 54, BinaryPrimitives.ReadUInt16BigEndian(segment.AsSpan(18)));
        });
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(47, 1)]
    [InlineData(1448, 2)]
    public void Segmentation_that_makes_no_sense_is_an_error(int size, byte kind)
    {
        NetworkGuest guest = new();
        Assert.Equal([(50, Error), (0, Null)], guest.SendPacket(Packets.TcpV4(3000), ChecksumBlank, NetworkGuest.Gso(size, kind)));
        Assert.Empty(guest.Segment.Sent);
    }

    [Fact]
    public void Slots_that_do_not_make_a_packet_are_errors()
    {
        NetworkGuest guest = new();
        guest.Frontend.Grant(100);
        Assert.Equal([(1, Error)], guest.Send(NetworkGuest.Slot(100, 4000, 0, 1, 100)));
        Assert.Equal([(1, Error)], guest.Send(NetworkGuest.Slot(100, 0, 0, 1, 13)));
        Assert.Equal([(1, Error)], guest.Send(NetworkGuest.Slot(99, 0, 0, 1, 60)));
        Assert.Equal([(1, Error)], guest.Send(NetworkGuest.Slot(100, 0xFFFF, 0, 1, 0xFFFF)));
        Assert.Equal([(1, Error), (2, Error)], guest.Send(NetworkGuest.Slot(100, 0, MoreData, 1, 60), NetworkGuest.Slot(100, 0, 0, 2, 61)));
        Assert.Empty(guest.Segment.Sent);
        Assert.Null(guest.Frontend.Failure);
    }

    [Fact]
    public void A_packet_without_its_end_closes_the_connection()
    {
        NetworkGuest guest = new();
        guest.Frontend.Grant(100);
        guest.Send(NetworkGuest.Slot(100, 0, MoreData, 1, 60));
        Assert.Contains("fragment is missing", guest.Frontend.Failure);
    }

    [Fact]
    public void A_received_frame_fills_the_next_page()
    {
        NetworkGuest guest = new();
        byte[] page = guest.Frontend.Grant(200);
        guest.Offer(200);
        byte[] frame = Packets.TcpV4(100);
        guest.Segment.Station!.Receive(frame);
        Assert.Equal([(207, 0, 0, frame.Length)], guest.TakeReceived());
        Assert.Equal(frame, page[..frame.Length]);
        Assert.Equal(1, guest.Frontend.Events[NetworkGuest.ReceivePort]);
    }

    [Fact]
    public void A_large_frame_fills_several_pages_when_the_frontend_takes_that()
    {
        byte[] frame = Packets.TcpV4(9000);
        NetworkGuest guest = new();
        for (uint i = 200; i < 203; i++)
            guest.Frontend.Grant(i);
        guest.Offer(200, 201, 202);
        guest.Segment.Station!.Receive(frame);
        Assert.Equal([(207, 0, MoreData, 4096), (208, 0, MoreData, 4096), (209, 0, 0, frame.Length - 8192)], guest.TakeReceived());
        Assert.Equal(frame[4096..8192], guest.Frontend.Pages[201]);

        NetworkGuest plain = new(("feature-sg", "0"));
        plain.Offer(200, 201, 202);
        plain.Segment.Station!.Receive(frame);
        Assert.Empty(plain.TakeReceived());
    }

    [Fact]
    public void A_frame_that_finds_no_room_is_dropped_and_changes_nothing()
    {
        NetworkGuest guest = new();
        guest.Segment.Station!.Receive(Packets.TcpV4(100));
        guest.Frontend.Grant(200);
        guest.Offer(200);
        guest.Segment.Station.Receive(Packets.TcpV4(5000));
        Assert.Empty(guest.TakeReceived());
        guest.Segment.Station.Receive(Packets.TcpV4(10));
        Assert.Single(guest.TakeReceived());
        Assert.Equal(2, ((NetworkConnection)guest.Connection).Dropped);
    }

    [Fact]
    public void A_page_that_is_not_granted_is_an_error_in_its_place()
    {
        NetworkGuest guest = new();
        guest.Offer(200);
        guest.Segment.Station!.Receive(Packets.TcpV4(10));
        Assert.Equal([(207, 0, 0, (int)Error)], guest.TakeReceived());
    }

    [Fact]
    public void A_spoilt_receive_ring_closes_the_connection()
    {
        NetworkGuest guest = new();
        guest.Frontend.View(NetworkGuest.ReceivePage).WriteUInt32(0, 10_000);
        guest.Segment.Station!.Receive(Packets.TcpV4(10));
        Assert.NotNull(guest.Frontend.Failure);
    }

    [Fact]
    public void Groups_are_filtered_when_the_frontend_asks_for_it()
    {
        byte[] frame = Packets.TcpV4(10);
        ((byte[])[1, 0, 0x5e, 0, 0, 1]).CopyTo(frame, 0);
        NetworkGuest guest = new(("request-multicast-control", "1"));
        guest.Frontend.Grant(200);
        guest.Frontend.Grant(100);
        guest.Offer(200, 200, 200);
        guest.Segment.Station!.Receive(frame);
        Assert.Empty(guest.TakeReceived());
        byte[] add = [2, 0, 1, 0, 0x5e, 0, 0, 1, 0, 0, 0, 0];
        Assert.Equal([(9, Okay), (0, Null)], guest.Send(NetworkGuest.Slot(100, 0, 8, 9, 14), add));
        guest.Segment.Station.Receive(frame);
        Assert.Single(guest.TakeReceived());
        add[0] = 3;
        guest.Send(NetworkGuest.Slot(100, 0, 8, 9, 14), add);
        guest.Segment.Station.Receive(frame);
        Assert.Empty(guest.TakeReceived());
        frame.AsSpan(0, 6).Fill(0xFF);
        guest.Segment.Station.Receive(frame);
        Assert.Single(guest.TakeReceived());
        Assert.Empty(guest.Segment.Sent);
    }

    [Fact]
    public void A_flow_stays_on_one_of_several_queues()
    {
        TestFrontend frontend = new();
        frontend.Keys["request-rx-copy"] = "1";
        frontend.Keys["multi-queue-num-queues"] = "2";
        FrontRing[] rings = new FrontRing[2];
        for (uint i = 0; i < 2; i++)
        {
            frontend.Grant(10 + i);
            frontend.Grant(20 + i);
            frontend.Keys[$"queue-{i}/tx-ring-ref"] = $"{10 + i}";
            frontend.Keys[$"queue-{i}/rx-ring-ref"] = $"{20 + i}";
            frontend.Keys[$"queue-{i}/event-channel"] = $"{30 + i}";
            rings[i] = new FrontRing(frontend.View(20 + i), 8);
        }

        frontend.Grant(0);
        TestSegment segment = new();
        using IDisposable connection = new NetworkBackend(new TestContext(), segment, new MacAddress(2), 4).Connect(frontend);
        foreach (FrontRing ring in rings)
        {
            for (int i = 0; i < 200; i++)
                ring.Add(new byte[8]);
            ring.Push();
        }

        List<int> used = [];
        for (int flow = 0; flow < 40; flow++)
        {
            byte[] frame = Packets.TcpV4(10);
            frame[35] = (byte)flow;
            segment.Station!.Receive(frame);
            segment.Station.Receive(frame);
            int[] taken = [rings[0].Take().Count, rings[1].Take().Count];
            Assert.Equal(2, taken.Max());
            used.Add(Array.IndexOf(taken, 2));
        }

        Assert.Equal(2, used.Distinct().Count());
    }

    [Fact]
    public void One_channel_serves_both_rings_when_they_are_not_split()
    {
        TestFrontend frontend = new();
        frontend.Grant(1);
        frontend.Grant(2);
        FrontRing receive = new(frontend.View(2), 8);
        receive.Add(new byte[8]);
        receive.Push();
        foreach ((string key, string value) in ((string, string)[])[("tx-ring-ref", "1"), ("rx-ring-ref", "2"), ("event-channel", "6"), ("request-rx-copy", "1")])
            frontend.Keys[key] = value;
        TestSegment segment = new();
        IDisposable connection = new NetworkBackend(new TestContext(), segment, new MacAddress(2), 4).Connect(frontend);
        segment.Station!.Receive(Packets.TcpV4(10));
        Assert.Equal(1, frontend.Events[6]);
        connection.Dispose();
        Assert.Equal(0, frontend.Mapped);
        Assert.Null(segment.Station);
    }

    [Theory]
    [InlineData("request-rx-copy", "0")]
    [InlineData("request-rx-copy", null)]
    [InlineData("tx-ring-ref", null)]
    [InlineData("rx-ring-ref", "77")]
    [InlineData("event-channel-rx", null)]
    [InlineData("event-channel-tx", "x")]
    [InlineData("multi-queue-num-queues", "5")]
    [InlineData("multi-queue-num-queues", "2")]
    public void Keys_that_make_no_sense_are_the_frontends_fault_and_leave_no_station(string key, string? value)
    {
        NetworkGuest good = new();
        TestFrontend frontend = new();
        foreach ((string name, string text) in good.Frontend.Keys)
            frontend.Keys[name] = text;
        frontend.Grant(NetworkGuest.TransmitPage);
        frontend.Grant(NetworkGuest.ReceivePage);
        if (value is null)
            frontend.Keys.Remove(key);
        else
            frontend.Keys[key] = value;
        TestSegment segment = new();
        Assert.Throws<FrontendException>(() => new NetworkBackend(new TestContext(), segment, new MacAddress(2), 4).Connect(frontend));
        Assert.Null(segment.Station);
    }
}
