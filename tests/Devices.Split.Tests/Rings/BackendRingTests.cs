using Dominion.Devices.Split.Tests.Fixtures;
using Dominion.Split;
using FsCheck;
using FsCheck.Fluent;

namespace Dominion.Devices.Split.Tests.Rings;

public class BackendRingTests
{
    private readonly TestFrontend _frontend = new();

    // XEN-ABI: 32 block requests in a page and 512 in 16, 256 of both kinds of the network's.
    [Theory]
    [InlineData(112, 1, 32)]
    [InlineData(108, 1, 32)]
    [InlineData(112, 16, 512)]
    [InlineData(12, 1, 256)]
    [InlineData(8, 1, 256)]
    public void The_ring_has_the_largest_power_of_two_of_entries_that_fits(int entrySize, int pages, int expected) =>
        Assert.Equal(expected, Map(entrySize, pages).Ring.EntryCount);

    [Fact]
    public void Requests_are_taken_in_order_and_responses_take_their_places()
    {
        (BackendRing ring, FrontRing front) = Map(8);
        byte[] request = new byte[8];
        for (int round = 0; round < 100; round++)
        {
            for (int i = 0; i < 7; i++)
                front.Add([(byte)round, (byte)i]);
            front.Push();
            for (int i = 0; i < 7; i++)
            {
                Assert.True(ring.TryTake(request));
                Assert.Equal(((byte)round, (byte)i), (request[0], request[1]));
                ring.Respond([(byte)i, (byte)round]);
            }

            Assert.False(ring.TryTake(request));
            ring.Publish();
            List<byte[]> responses = front.Take();
            Assert.Equal(7, responses.Count);
            Assert.All(responses, (response, i) => Assert.Equal([(byte)i, (byte)round], response[..2]));
        }
    }

    [Fact]
    public void An_event_is_due_exactly_when_the_frontends_event_index_is_crossed()
    {
        (BackendRing ring, FrontRing front) = Map(8);
        for (int i = 0; i < 3; i++)
            front.Add([1]);
        front.Push();
        for (int i = 0; i < 3; i++)
            ring.TryTake(new byte[8]);
        ring.Respond([1]);
        Assert.True(ring.Publish());
        Assert.False(ring.Publish());

        // The frontend has not looked, so it need not be told again.
        ring.Respond([1]);
        Assert.False(ring.Publish());
        front.Take();
        ring.Respond([1]);
        Assert.True(ring.Publish());
    }

    [Fact]
    public void The_backend_asks_for_an_event_only_when_it_found_nothing()
    {
        (BackendRing ring, FrontRing front) = Map(8);
        Assert.False(ring.Arm());
        Assert.Equal(1u, front.RequestEvent);
        front.Add([1]);
        Assert.True(front.Push());
        Assert.True(ring.Arm());
        ring.TryTake(new byte[8]);
        Assert.False(ring.Arm());
        Assert.Equal(2u, front.RequestEvent);
    }

    [Fact]
    public void A_request_is_answered_once()
    {
        (BackendRing ring, FrontRing front) = Map(8);
        Assert.Throws<InvalidOperationException>(() => ring.Respond([1]));
        front.Add([1]);
        front.Push();
        ring.TryTake(new byte[8]);
        ring.Respond([1]);
        Assert.Throws<InvalidOperationException>(() => ring.Respond([1]));
    }

    [Theory]
    [InlineData(257u)]
    [InlineData(uint.MaxValue)]
    [InlineData(0x8000_0000u)]
    public void A_producer_index_further_ahead_than_the_ring_is_long_is_the_frontends_fault(uint producer)
    {
        (BackendRing ring, _) = Map(8);
        _frontend.View(0).WriteUInt32(0, producer);
        Assert.Throws<FrontendException>(() => ring.TryTake(new byte[8]));
        Assert.Throws<FrontendException>(() => ring.Arm());
    }

    [Fact]
    public void A_full_ring_is_no_fault_and_one_more_before_a_response_is()
    {
        (BackendRing ring, _) = Map(8);
        _frontend.View(0).WriteUInt32(0, 256);
        for (int i = 0; i < 256; i++)
            Assert.True(ring.TryTake(new byte[8]));
        _frontend.View(0).WriteUInt32(0, 257);
        Assert.Throws<FrontendException>(() => ring.RequestCount);
    }

    [Fact]
    public void A_producer_index_that_goes_back_is_the_frontends_fault()
    {
        (BackendRing ring, FrontRing front) = Map(8);
        front.Add([1]);
        front.Add([2]);
        front.Push();
        ring.TryTake(new byte[8]);
        ring.TryTake(new byte[8]);
        _frontend.View(0).WriteUInt32(0, 1);
        Assert.Throws<FrontendException>(() => ring.RequestCount);
    }

    [Fact]
    public void A_ring_goes_on_where_the_backend_before_left_it()
    {
        _frontend.Grant(0);
        TestMemory page = _frontend.View(0);
        page.WriteUInt32(0, uint.MaxValue);
        page.WriteUInt32(8, uint.MaxValue - 1);
        using BackendRing ring = new(page, 8);
        Assert.Equal(1, ring.RequestCount);
    }

    [Fact]
    public void The_shared_response_index_is_never_read_back()
    {
        (BackendRing ring, FrontRing front) = Map(8);
        front.Add([1]);
        front.Push();
        ring.TryTake(new byte[8]);
        _frontend.View(0).WriteUInt32(8, 77);
        ring.Respond([1]);
        ring.Publish();
        Assert.Equal(1u, front.ResponseProducer);
    }

    [Fact]
    public void Any_header_gives_requests_or_the_frontends_fault()
    {
        Prop.ForAll(Gen.ArrayOf(Gen.Choose(int.MinValue, int.MaxValue), 8).ToArbitrary(), words =>
        {
            byte[] bytes = _frontend.Grant(0);
            Buffer.BlockCopy(words, 0, bytes, 0, 16);
            try
            {
                BackendRing ring = new(_frontend.View(0), 8);
                for (int i = 0; i < 4; i++)
                {
                    Buffer.BlockCopy(words, 4 * i, bytes, 0, 4);
                    while (ring.TryTake(new byte[8]))
                        ring.Respond([0]);
                    ring.Publish();
                    ring.Arm();
                }
            }
            catch (FrontendException)
            {
                // What the protocol's breach is meant to be.
            }
        }).QuickCheckThrowOnFailure();
    }

    private (BackendRing Ring, FrontRing Front) Map(int entrySize, int pages = 1)
    {
        uint[] references = [.. Enumerable.Range(0, pages).Select(page => (uint)page)];
        foreach (uint reference in references)
            _frontend.Grant(reference);
        FrontRing front = new(_frontend.View(references), entrySize);
        return (_frontend.MapRing(references, entrySize), front);
    }
}
