using Dominion.Devices.Split.Network;
using Dominion.Devices.Split.Tests.Fixtures;
using FsCheck;
using FsCheck.Fluent;

namespace Dominion.Devices.Split.Tests.Network;

/// <summary>Frontends that write anything: the backend neither throws nor hangs, and touches no page that was not granted.</summary>
public class HostileNetworkTests
{
    [Fact]
    public void Any_rings_are_served_or_closed()
    {
        Gen<byte> octet = Gen.Frequency((3, Gen.Choose(0, 9)), (1, Gen.Choose(0, 255))).Select(value => (byte)value);
        Gen<(byte[], int, byte[])> rings =
            from content in octet.ArrayOf(4096)
            from producer in Gen.Frequency((5, Gen.Choose(0, 256)), (1, Gen.Choose(int.MinValue, int.MaxValue)))
            from frame in octet.ArrayOf()
            select (content, producer, frame);
        Prop.ForAll(rings.ToArbitrary(), given =>
        {
            NetworkGuest guest = new();
            for (uint i = 0; i < 10; i++)
                given.Item1.CopyTo(guest.Frontend.Pages.GetValueOrDefault(i) ?? guest.Frontend.Grant(i), 0);
            foreach (uint page in (uint[])[NetworkGuest.TransmitPage, NetworkGuest.ReceivePage])
            {
                guest.Frontend.View(page).WriteUInt32(8, 0);
                guest.Frontend.View(page).WriteUInt32(0, (uint)given.Item2);
            }

            guest.Frontend.Send(NetworkGuest.TransmitPort);
            guest.Segment.Station?.Receive(given.Item3);
            if (guest.Frontend.Failure is null)
                Assert.Equal((uint)given.Item2, guest.Frontend.View(NetworkGuest.TransmitPage).ReadUInt32(8));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_packet_is_sent_or_refused()
    {
        Gen<(byte[], int, int, int, byte)> packets =
            from packet in Gen.Elements(Packets.TcpV4(3000), Packets.TcpV6(3000), Packets.UdpV4(3000), Packets.TcpV4(200, vlans: 2))
            from place in Gen.Choose(0, 80)
            from value in Gen.Choose(0, 255)
            from size in Gen.Choose(0, 3000)
            from kind in Gen.Elements<byte>(0, 1, 2)
            select (packet, place, value, size, kind);
        Prop.ForAll(packets.ToArbitrary(), given =>
        {
            (byte[] packet, int place, int value, int size, byte kind) = given;
            packet = [.. packet];
            packet[place] = (byte)value;
            TestSegment segment = new();
            if (kind == 0)
                PacketHeaders.TryCompleteChecksum(packet);
            else
                new TcpSegmenter().TrySend(packet, size, kind == 2, segment);
            _ = PacketHeaders.Flow(packet);
            Assert.All(segment.Sent, sent => Assert.True(sent.Length <= packet.Length));
        }).QuickCheckThrowOnFailure();
    }
}
