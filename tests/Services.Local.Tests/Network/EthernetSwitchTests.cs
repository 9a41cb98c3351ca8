using Dominion.Services.Local.Network;

namespace Dominion.Services.Local.Tests.Network;

public class EthernetSwitchTests
{
    private const ulong Everyone = 0xFFFF_FFFF_FFFF;
    private const long Second = 1_000_000_000;

    private readonly TestServiceContext _context = new();

    [Fact]
    public void A_frame_to_an_unknown_station_or_a_group_goes_to_all_others()
    {
        Station[] stations = Attach(3);
        stations[0].Send(to: 2, from: 0);
        stations[1].Send(to: Everyone, from: 4);
        stations[1].Send(to: 0x0100_5E00_0001, from: 4);
        Array.ForEach(stations, station => station.Run());
        Assert.Equal([2, 1, 3], (int[])[stations[0].Received.Count, stations[1].Received.Count, stations[2].Received.Count]);
    }

    [Fact]
    public void A_learned_station_gets_its_frames_alone()
    {
        Station[] stations = Attach(3);
        stations[1].Send(to: Everyone, from: 2);
        stations[0].Send(to: 2, from: 4);
        Array.ForEach(stations, station => station.Run());
        Assert.Equal([1, 1, 1], stations.Select(station => station.Received.Count));
        Assert.Equal(4, stations[1].Received[0][11]);
    }

    [Fact]
    public void A_station_that_moves_is_followed()
    {
        Station[] stations = Attach(3);
        stations[1].Send(to: 6, from: 2);
        stations[2].Send(to: 6, from: 2);
        stations[0].Send(to: 2, from: 4);
        Array.ForEach(stations, station => station.Run());
        Assert.Equal([1, 2], (int[])[stations[1].Received.Count, stations[2].Received.Count]);
    }

    [Fact]
    public void A_frame_for_a_station_on_the_same_port_goes_nowhere()
    {
        Station[] stations = Attach(2);
        stations[0].Send(to: Everyone, from: 2);
        stations[0].Send(to: 2, from: 4);
        stations[1].Run();
        Assert.Single(stations[1].Received);
    }

    [Fact]
    public void A_station_not_heard_for_long_is_forgotten()
    {
        Station[] stations = Attach(3, new SwitchOptions { AgeingSeconds = 10 });
        stations[1].Send(to: 0, from: 2);
        _context.Now = 10 * Second;
        stations[0].Send(to: 2, from: 4);
        _context.Now = (10 * Second) + 1;
        stations[0].Send(to: 2, from: 4);
        stations[2].Run();
        Assert.Equal([2, 4], stations[2].Received.Select(frame => frame[11]));
    }

    [Fact]
    public void Groups_are_never_learned()
    {
        Station[] stations = Attach(3);
        stations[1].Send(to: 2, from: Everyone);
        stations[0].Send(to: Everyone, from: 2);
        stations[2].Run();
        Assert.Equal(2, stations[2].Received.Count);
    }

    [Fact]
    public void The_table_is_bounded_and_makes_room_of_what_has_aged()
    {
        AddressTable table = new(capacity: 4, ageingSeconds: 10);
        SwitchPort port = new(new EthernetSwitch(_context, _context, new SwitchOptions()), new Station(), _ => { }, 1);
        for (ulong address = 0; address < 100; address++)
            table.Learn(address, port, 0);
        Assert.Equal(4, table.Count);
        Assert.Null(table.Find(50, 0));
        table.Learn(50, port, 11 * Second);
        Assert.Same(port, table.Find(50, 11 * Second));
        Assert.Equal(1, table.Count);
    }

    [Fact]
    public void A_full_queue_drops_and_counts()
    {
        EthernetSwitch ethernet = new(_context, _context, new SwitchOptions { QueueLength = 3 });
        Station sender = new(), receiver = new();
        sender.Link = ethernet.Connect(sender, sender.Posted.Enqueue);
        SwitchPort port = (SwitchPort)ethernet.Connect(receiver, receiver.Posted.Enqueue);
        for (ulong i = 0; i < 5; i++)
            sender.Send(to: Everyone, from: 2 * i);
        Assert.Single(receiver.Posted);
        receiver.Run();
        Assert.Equal([0, 2, 4], receiver.Received.Select(frame => frame[11]));
        Assert.Equal((3L, 2L), (port.Delivered, port.Dropped));
        sender.Send(to: Everyone, from: 2);
        receiver.Run();
        Assert.Equal(4, receiver.Received.Count);
        port.Dispose();
        Assert.Contains("2 frames", Assert.Single(_context.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_receiver_is_called_by_its_post_alone()
    {
        Station[] stations = Attach(2);
        stations[0].Send(to: Everyone, from: 2);
        Assert.Empty(stations[1].Received);
        stations[1].Run();
        Assert.Single(stations[1].Received);
    }

    [Fact]
    public void Two_stations_that_answer_at_once_do_not_call_each_other_without_end()
    {
        Station[] stations = Attach(2);
        stations[0].Answer = stations[1].Answer = true;
        stations[0].Send(to: 2, from: 4);
        for (int i = 0; i < 10; i++)
            Array.ForEach(stations, station => station.RunOne());
        Assert.InRange(stations[0].Received.Count, 5, 20);
    }

    [Fact]
    public void A_detached_station_gets_and_sends_nothing()
    {
        Station[] stations = Attach(3);
        stations[1].Send(to: Everyone, from: 2);
        stations[0].Send(to: 2, from: 4);
        stations[1].Link!.Dispose();
        stations[1].Run();
        Assert.Empty(stations[1].Received);
        stations[1].Send(to: Everyone, from: 2);
        stations[0].Send(to: 2, from: 4);
        stations[2].Run();
        Assert.Equal([2, 4], stations[2].Received.Select(frame => frame[11]));
    }

    [Theory]
    [InlineData(13, 0)]
    [InlineData(14, 1)]
    [InlineData(65550, 1)]
    [InlineData(65551, 0)]
    public void Only_frames_of_a_possible_length_pass(int length, int expected)
    {
        Station[] stations = Attach(2);
        stations[0].Link!.Send(new byte[length]);
        stations[1].Run();
        Assert.Equal(expected, stations[1].Received.Count);
    }

    [Fact]
    public async Task Frames_sent_from_many_threads_all_arrive()
    {
        EthernetSwitch ethernet = new(_context, _context, new SwitchOptions { QueueLength = 10_000 });
        Station receiver = new();
        ethernet.Connect(receiver, action =>
        {
            lock (receiver)
                receiver.Posted.Enqueue(action);
        });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(number => Task.Run(() =>
        {
            Station sender = new();
            sender.Link = ethernet.Connect(sender, _ => { });
            for (int i = 0; i < 1000; i++)
                sender.Send(to: 0, from: 2 + (ulong)number * 2);
        })));
        receiver.Run();
        Assert.True(receiver.Received.Count(frame => frame[11] != 0) == 4000);
    }

    private Station[] Attach(int count, SwitchOptions? options = null)
    {
        INetworkSegment segment = (INetworkSegment)new SwitchFactory().Create(_context, options);
        Station[] stations = [.. Enumerable.Range(0, count).Select(_ => new Station())];
        foreach (Station station in stations)
            station.Link = segment.Connect(station, station.Posted.Enqueue);
        return stations;
    }
}
