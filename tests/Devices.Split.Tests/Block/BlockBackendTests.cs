using Dominion.Devices.Split.Block;
using Dominion.Devices.Split.Tests.Fixtures;
using Dominion.Services;
using Dominion.Split;

namespace Dominion.Devices.Split.Tests.Block;

public class BlockBackendTests
{
    private const byte Read = 0;
    private const byte Write = 1;
    private const byte Barrier = 2;
    private const byte Flush = 3;
    private const short Okay = 0;
    private const short Error = -1;
    private const short Unsupported = -2;

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, null)]
    [InlineData(true, "x86_64-abi")]
    [InlineData(false, "x86_32-abi")]
    public void What_is_written_is_read_again_in_either_layout(bool is64Bit, string? protocol)
    {
        BlockGuest guest = new(new TestDisk(64), is64Bit: is64Bit, protocol: protocol);
        byte[] source = guest.Frontend.Grant(1);
        byte[] target = guest.Frontend.Grant(2);
        Random.Shared.NextBytes(source);
        Assert.Equal([Okay], guest.Do(guest.Request(Write, 3, (1, 2, 4), (1, 7, 7))));
        Assert.Equal(["write 1536 2048"], guest.Disk.Calls);
        Assert.Equal([Okay], guest.Do(guest.Request(Read, 4, (2, 0, 2))));
        Assert.Equal(source[(3 * 512)..(5 * 512)], target[..1024]);
        Assert.Equal(source[(7 * 512)..], target[1024..1536]);
        Assert.All(target[1536..], octet => Assert.Equal(0, octet));
    }

    [Fact]
    public void The_keys_say_what_the_disk_is()
    {
        BlockGuest guest = new(new TestDisk(64, 4096));
        Assert.Equal("51712", guest.Backend.FrontendKeys["virtual-device"]);
        Assert.Equal("xvda", guest.Backend.Features["dev"]);
        Assert.Equal("512", guest.Frontend.BackendKeys["sectors"]);
        Assert.Equal("4096", guest.Frontend.BackendKeys["sector-size"]);
        Assert.Equal("4096", guest.Frontend.BackendKeys["physical-sector-size"]);
        Assert.Equal("0", guest.Frontend.BackendKeys["info"]);
    }

    [Theory]
    [InlineData(DiskMode.Ro, DiskKind.Disk, false, "4")]
    [InlineData(DiskMode.Rw, DiskKind.Disk, true, "4")]
    [InlineData(DiskMode.Rw, DiskKind.Cdrom, false, "7")]
    public void A_read_only_disk_says_so_and_refuses_what_changes_it(DiskMode mode, DiskKind kind, bool isReadOnly, string info)
    {
        BlockGuest guest = new(new TestDisk(64) { IsReadOnly = isReadOnly }, new VirtualBlockOptions { Mode = mode, Kind = kind });
        guest.Frontend.Grant(1);
        Assert.Equal(info, guest.Frontend.BackendKeys["info"]);
        Assert.Equal("r", guest.Backend.Features["mode"]);
        Assert.Equal("0", guest.Backend.Features["feature-discard"]);
        Assert.Equal([Okay, Error, Error, Error], guest.Do(guest.Request(Read, 0, (1, 0, 0)), guest.Request(Write, 0, (1, 0, 0)), guest.Discard(0, 8), guest.Indirect(Write, 0, 1, 1)));
        Assert.Equal(["read 0 512"], guest.Disk.Calls);
    }

    [Fact]
    public void A_flush_makes_durable_and_a_barrier_does_so_before_and_after_its_data()
    {
        BlockGuest guest = new(new TestDisk(64));
        guest.Frontend.Grant(1);
        Assert.Equal([Okay, Okay, Okay, Okay], guest.Do(guest.Request(Write, 0, (1, 0, 0)), guest.Request(Barrier, 1, (1, 0, 0)), guest.Request(Flush, 0), guest.Request(Barrier, 0)));
        Assert.Equal(["write 0 512", "flush", "write 512 512", "flush", "flush", "flush"], guest.Disk.Calls);
    }

    [Fact]
    public void A_discard_reaches_the_store_and_what_the_store_cannot_do_is_not_supported()
    {
        BlockGuest guest = new(new TestDisk(64));
        Assert.Equal([Okay, Error, Error], guest.Do(guest.Discard(8, 16), guest.Discard(60, 8), guest.Discard(ulong.MaxValue, 2)));
        Assert.Equal(["discard 4096 8192"], guest.Disk.Calls);
        guest.Disk.Answer = BlockStatus.Unsupported;
        Assert.Equal([Unsupported, Unsupported], guest.Do(guest.Discard(8, 16), guest.Request(Flush, 0)));
        guest.Disk.Answer = BlockStatus.Failed;
        Assert.Equal([Error], guest.Do(guest.Request(Flush, 0)));
    }

    [Theory]
    [InlineData(64UL, 0, 0)]
    [InlineData(63UL, 0, 1)]
    [InlineData(ulong.MaxValue, 0, 0)]
    [InlineData(1UL << 55, 0, 0)]
    [InlineData(0UL, 5, 4)]
    [InlineData(0UL, 0, 8)]
    [InlineData(0UL, 255, 255)]
    public void A_range_outside_the_disk_or_the_page_is_an_error(ulong sector, byte first, byte last)
    {
        BlockGuest guest = new(new TestDisk(64));
        guest.Frontend.Grant(1);
        Assert.Equal([Error, Error], guest.Do(guest.Request(Read, sector, (1, first, last)), guest.Request(Write, sector, (1, first, last))));
        Assert.Empty(guest.Disk.Calls);
    }

    [Theory]
    [InlineData(1UL, 0, 7)]
    [InlineData(0UL, 0, 3)]
    public void Less_than_a_sector_of_the_disk_is_an_error(ulong sector, byte first, byte last)
    {
        BlockGuest guest = new(new TestDisk(8, 4096));
        guest.Frontend.Grant(1);
        Assert.Equal([Error], guest.Do(guest.Request(Read, sector, (1, first, last))));
    }

    [Fact]
    public void A_count_of_segments_that_no_request_holds_is_an_error()
    {
        BlockGuest guest = new(new TestDisk(64));
        guest.Frontend.Grant(1);
        byte[] many = guest.Request(Read, 0, (1, 0, 0));
        many[1] = 12;
        Assert.Equal([Error, Error, Error], guest.Do(many, guest.Request(Read, 0), guest.Request(Flush, 0, (1, 0, 0))));
        Assert.Empty(guest.Disk.Calls);
    }

    [Fact]
    public void A_grant_that_is_refused_is_an_error_and_nothing_is_written()
    {
        BlockGuest guest = new(new TestDisk(64));
        guest.Frontend.Grant(1);
        guest.Frontend.ReadOnly.Add(1);
        Assert.Equal([Error, Error, Okay], guest.Do(guest.Request(Write, 0, (1, 0, 0), (9, 0, 0)), guest.Request(Read, 0, (1, 0, 0)), guest.Request(Write, 0, (1, 0, 0))));
        Assert.Equal(["read 0 512", "write 0 512"], guest.Disk.Calls);
    }

    [Fact]
    public void An_unknown_operation_is_not_supported()
    {
        BlockGuest guest = new(new TestDisk(64));
        Assert.Equal([Unsupported, Unsupported], guest.Do(guest.Request(4, 0), guest.Request(200, 0)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_indirect_request_has_its_segments_in_pages_of_their_own(bool is64Bit)
    {
        BlockGuest guest = new(new TestDisk(4096), is64Bit: is64Bit);
        byte[] list = guest.Frontend.Grant(100);
        for (uint i = 0; i < 256; i++)
        {
            Array.Fill(guest.Frontend.Grant(i), (byte)(i + 1));
            BlockGuest.Segment((i, 0, 7)).CopyTo(list.AsSpan(8 * (int)i));
        }

        list = guest.Frontend.Pages[100] = list;
        Assert.Equal([Okay], guest.Do(guest.Indirect(Write, 8, 256, 100)));
        Assert.Equal([$"write 4096 {256 * 4096}"], guest.Disk.Calls);
        Assert.Equal(1, guest.Disk.Content[4096]);
        Assert.Equal(200, guest.Disk.Content[200 * 4096]);
        Assert.Equal([Error, Error, Error, Error], guest.Do(guest.Indirect(Write, 0, 257, 100), guest.Indirect(Write, 0, 0, 100), guest.Indirect(Flush, 0, 1, 100), guest.Indirect(Read, 0, 1, 999)));
    }

    [Fact]
    public void A_ring_of_several_pages_holds_more_requests()
    {
        BlockGuest guest = new(new TestDisk(64), order: 2);
        Assert.Equal(128, guest.Ring.Count);
        guest.Frontend.Grant(1);
        Assert.All(guest.Do([.. Enumerable.Range(0, 128).Select(i => guest.Request(Write, (ulong)i % 64, (1, 0, 0)))]), status => Assert.Equal(Okay, status));
        Assert.Equal(128, guest.Disk.Calls.Count);
    }

    [Fact]
    public void Grants_that_are_used_again_stay_mapped_until_the_connection_ends()
    {
        BlockGuest guest = new(new TestDisk(64), persistent: true);
        int before = guest.Frontend.Mapped;
        for (uint i = 1; i <= 3; i++)
            guest.Frontend.Grant(i);
        guest.Frontend.ReadOnly.Add(3);
        byte[] request = guest.Request(Write, 0, (1, 0, 0), (2, 0, 0), (3, 0, 0));
        Assert.Equal([Okay, Okay], guest.Do(request, request));
        Assert.Equal(before + 2, guest.Frontend.Mapped);
        guest.Connection.Dispose();
        Assert.Equal(0, guest.Frontend.Mapped);
    }

    [Fact]
    public void No_more_than_a_bound_of_grants_stay_mapped()
    {
        BlockGuest guest = new(new TestDisk(64), persistent: true);
        int before = guest.Frontend.Mapped;
        for (uint i = 0; i < GuestBuffer.MostMapped + 100; i++)
        {
            guest.Frontend.Grant(2000 + i);
            guest.Do(guest.Request(Write, 0, (2000 + i, 0, 0)));
        }

        Assert.Equal(before + GuestBuffer.MostMapped, guest.Frontend.Mapped);
    }

    [Fact]
    public void Without_the_frontends_word_no_grant_stays_mapped()
    {
        BlockGuest guest = new(new TestDisk(64));
        int before = guest.Frontend.Mapped;
        guest.Frontend.Grant(1);
        guest.Do(guest.Request(Write, 0, (1, 0, 0)));
        Assert.Equal(before, guest.Frontend.Mapped);
    }

    [Fact]
    public void Each_of_several_queues_has_its_own_ring_and_channel()
    {
        TestFrontend frontend = new();
        frontend.Keys["multi-queue-num-queues"] = "2";
        for (uint i = 0; i < 2; i++)
        {
            frontend.Grant(i);
            frontend.Keys[$"queue-{i}/ring-ref"] = $"{i}";
            frontend.Keys[$"queue-{i}/event-channel"] = $"{10 + i}";
        }

        TestDisk disk = new(64);
        using IDisposable connection = new BlockBackend(disk, new VirtualBlockOptions(), 51712).Connect(frontend);
        for (uint i = 0; i < 2; i++)
        {
            FrontRing ring = new(frontend.View(i), 112);
            byte[] request = new byte[112];
            request[0] = Flush;
            request[8] = (byte)(70 + i);
            ring.Add(request);
            ring.Push();
            frontend.Send(10 + i);
            Assert.Equal(70 + i, Assert.Single(ring.Take())[0]);
        }

        Assert.Equal(["flush", "flush"], disk.Calls);
    }

    [Theory]
    [InlineData("multi-queue-num-queues", "0")]
    [InlineData("multi-queue-num-queues", "5")]
    [InlineData("ring-page-order", "5")]
    [InlineData("ring-page-order", "2")]
    [InlineData("ring-page-order", "4294967295")]
    [InlineData("ring-ref", "77")]
    [InlineData("ring-ref", "-1")]
    [InlineData("ring-ref", null)]
    [InlineData("event-channel", null)]
    [InlineData("event-channel", "0")]
    [InlineData("protocol", "arm-abi")]
    [InlineData("feature-persistent", "yes")]
    public void Keys_that_make_no_sense_are_the_frontends_fault(string key, string? value)
    {
        TestFrontend frontend = new();
        frontend.Grant(1);
        frontend.Keys["ring-ref"] = "1";
        frontend.Keys["event-channel"] = "3";
        if (value is null)
            frontend.Keys.Remove(key);
        else
            frontend.Keys[key] = value;
        Assert.Throws<FrontendException>(() => new BlockBackend(new TestDisk(64), new VirtualBlockOptions(), 51712).Connect(frontend));
    }
}
