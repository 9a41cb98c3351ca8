using System.Text;
using Dominion.Paravirt.Xen.XenStore;
using FsCheck;
using FsCheck.Fluent;

namespace Dominion.Paravirt.Xen.Tests.XenStore;

public sealed class XenStoreRingTests : IDisposable
{
    private readonly XenStoreService _service = new();
    private readonly XenStoreManagedConnection _control;
    private readonly TestRing _guest;

    public XenStoreRingTests()
    {
        _control = _service.Connect(0);
        _control.Write("/local/domain/7", "");
        _control.SetPermissions("/local/domain/7", [new(7, XenStoreAccess.None)]);
        _guest = new TestRing(_service, 7);
    }

    public void Dispose() => _guest.Dispose();

    [Fact]
    public void A_message_may_come_byte_by_byte()
    {
        byte[] message = TestRing.Message(10, 1, 0, "7\0"u8.ToArray());
        foreach (byte one in message.AsSpan()[..^1])
        {
            Assert.Equal(1, _guest.Put([one]));
            Assert.False(_guest.Connection.OnEvent());
            Assert.Empty(_guest.Take());
        }

        _guest.Put(message.AsSpan()[^1..]);
        _guest.Connection.OnEvent();
        Assert.Equal("/local/domain/7|", TestRing.Parse(_guest.Take())[0].Payload);
    }

    [Fact]
    public void Messages_larger_than_the_ring_pass_both_ways()
    {
        _control.Write("/large", "");
        _control.SetPermissions("/large", [new(0, XenStoreAccess.Both)]);
        Assert.Equal("16:ENOSPC|", _guest.Ask(11, "/large|" + new string('x', 4096 - 7)));
        _control.Write("/large", new string('y', 4000));

        Assert.Equal("2:" + new string('y', 4000), _guest.Ask(2, "/large|"));
        Assert.Equal("11:OK|", _guest.Ask(11, "data|" + new string('z', 2000)));
        Assert.Equal(new string('z', 2000), _control.ReadText("/local/domain/7/data"));
    }

    [Theory]
    [InlineData(0xFFFF_FFF0)]
    [InlineData(0xFFFF_FFFF)]
    [InlineData(1023)]
    public void Indices_run_freely_through_zero(uint start)
    {
        XenStoreService service = Restored(_service, start);
        _guest.Reattach(service, 7);
        _guest[2052] = start;
        _guest[2056] = start;

        for (int index = 0; index < 300; index++)
            Assert.Equal($"10:/local/domain/{index}|", _guest.Ask(10, $"{index}|"));
        Assert.True(_guest.GuardsAreWhole);
    }

    [Theory]
    [InlineData(2052, 1025u)]
    [InlineData(2052, uint.MaxValue)]
    [InlineData(2052, 0x8000_0000u)]
    public void A_producer_too_far_ahead_stops_the_ring(int offset, uint value)
    {
        _guest.Ask(4, "data|t|");
        int before = _guest.Notifications;
        _guest[offset] = _guest[2048] + value;
        _guest.Connection.OnEvent();

        AssertStopped(XenStoreRingError.RingIndex, before);
    }

    [Fact]
    public void A_consumer_ahead_of_the_producer_stops_the_ring()
    {
        _guest.Ask(4, "data|t|");
        int before = _guest.Notifications;
        _guest[2056] = _guest[2060] + 1;
        _control.Write("/local/domain/7/data", "");

        AssertStopped(XenStoreRingError.RingIndex, before);
    }

    [Theory]
    [InlineData(4097u)]
    [InlineData(uint.MaxValue)]
    [InlineData(0x8000_0000u)]
    public void A_payload_too_long_stops_the_ring(uint length)
    {
        _guest.Ask(4, "data|t|");
        int before = _guest.Notifications;
        byte[] message = TestRing.Message(2, 1, 0, []);
        BitConverter.TryWriteBytes(message.AsSpan(12), length);
        _guest.Put(message);
        _guest.Connection.OnEvent();

        AssertStopped(XenStoreRingError.Protocol, before);
    }

    [Fact]
    public void A_guest_may_ask_for_a_reconnect_and_starts_anew()
    {
        _guest.Ask(4, "data|t|");
        _guest.Ask(6, "|");
        _guest.Put([1, 2, 3]);
        _guest.Connection.OnEvent();
        _guest[2068] = 1;
        _guest[2052] = 12345;
        int before = _guest.Notifications;
        _guest.Connection.OnEvent();

        Assert.Equal(before + 1, _guest.Notifications);
        foreach (int offset in (int[])[2048, 2052, 2056, 2060, 2068, 2072])
            Assert.Equal(0u, _guest[offset]);
        Assert.Equal("11:OK|", _guest.Ask(11, "data|"));
        Assert.Equal("16:ENOENT|", _guest.Ask(7, "T|", 1));
    }

    [Fact]
    public void A_reconnect_ends_an_error()
    {
        _guest[2052] = 5000;
        _guest.Connection.OnEvent();
        Assert.Equal(2u, _guest[2072]);
        _guest[2068] = 1;
        _guest.Connection.OnEvent();

        Assert.Equal(0u, _guest[2072]);
        Assert.Equal("10:/local/domain/7|", _guest.Ask(10, "7|"));
    }

    [Fact]
    public void What_the_guest_writes_to_the_servers_words_changes_nothing()
    {
        for (int index = 0; index < 200; index++)
        {
            Assert.Equal("10:/local/domain/7|", _guest.Ask(10, "7|"));
            uint consumer = _guest[2048];
            uint producer = _guest[2060];
            _guest[2048] = 0xDEAD_BEEF;
            _guest[2060] = 0xDEAD_BEEF;
            _guest[2064] = 0;
            _guest.Put([]);
            _guest.Connection.OnEvent();
            _guest[2048] = consumer;
            _guest[2060] = producer;
        }

        Assert.Equal(XenStoreRingError.None, _guest.Connection.Error);
    }

    [Fact]
    public void A_guest_that_does_not_read_is_not_read_from()
    {
        byte[] request = TestRing.Message(10, 1, 0, "7\0"u8.ToArray());
        int sent = 0;
        for (int quiet = 0; quiet < 3 && sent < 10_000;)
        {
            int before = sent;
            while (1024 - (_guest[2052] - _guest[2048]) >= request.Length)
            {
                _guest.Put(request);
                sent++;
            }

            _guest.Connection.OnEvent();
            quiet = sent == before ? quiet + 1 : 0;
        }

        // 32 bytes and a bit make a reply: a ring full of them, 20 that wait, and a ring full of requests.
        Assert.InRange(sent, 20 + (1024 / 33), 21 + (1024 / 33) + (1024 / 18) + 1);
        Assert.Equal(sent, TestRing.Parse(_guest.Drain()).Count);
    }

    [Fact]
    public void Events_wait_for_room_and_are_not_lost()
    {
        _guest.Ask(4, "data|t|");
        for (int index = 0; index < 500; index++)
            _control.Write($"/local/domain/7/data/{index}", "");
        Assert.Equal(1024u, _guest[2060] - _guest[2056]);

        Assert.Equal(
            Enumerable.Range(0, 500).Select(index => $"data/{index}|t|"),
            TestRing.Parse(_guest.Drain()).Select(message => message.Payload));
    }

    [Fact]
    public void Events_beyond_the_bound_become_one_of_the_watch()
    {
        _guest.Ask(4, "data|t|");
        for (int index = 0; index < 3000; index++)
            _control.Write($"/local/domain/7/data/{index}", "");

        List<string> told = [.. TestRing.Parse(_guest.Drain()).Select(message => message.Payload)];
        Assert.InRange(told.Count, 1024, 1200);
        Assert.Equal("data|t|", told[^1]);
    }

    [Fact]
    public void A_guest_that_refills_its_ring_for_ever_does_not_keep_the_caller()
    {
        using TestRing busy = new();
        unsafe
        {
            busy.Connection = _service.Introduce(8, busy.Page, busy.Notify);
        }

        byte[] request = TestRing.Message(10, 1, 0, "7\0"u8.ToArray());
        using CancellationTokenSource stop = new();
        Thread guest = new(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                if (1024 - (busy[2052] - Volatile.Read(ref Index(busy, 2048))) >= request.Length)
                    busy.Put(request);
                busy.Take();
            }
        });
        guest.Start();
        for (int call = 0; call < 200; call++)
            busy.Connection.OnEvent();
        stop.Cancel();
        guest.Join();

        Assert.Equal(XenStoreRingError.None, busy.Connection.Error);
    }

    [Fact]
    public void A_destroyed_domains_page_is_not_touched()
    {
        _guest.Ask(4, "data|t|");
        _service.Destroy(7);
        _guest.Bytes.Fill(0x5A);
        _guest[2068] = 1;
        byte[] before = _guest.Bytes.ToArray();
        int notified = _guest.Notifications;

        _control.Write("/local/domain/7/data", "");
        Assert.False(_guest.Connection.OnEvent());

        Assert.Equal(before, _guest.Bytes);
        Assert.Equal(notified, _guest.Notifications);
    }

    [Fact]
    public void Any_bytes_get_an_answer_or_an_error_and_harm_nobody() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Gen.Choose(1, int.MaxValue).ToArbitrary(), Survives));

    private static bool Survives(int seed)
    {
        Random random = new(seed);
        XenStoreService service = new();
        XenStoreManagedConnection control = service.Connect(0);
        control.Write("/secret", "unchanged");
        control.Write("/local/domain/7", "");
        control.SetPermissions("/local/domain/7", [new(7, XenStoreAccess.None)]);
        using TestRing guest = new(service, 7);
        string[] words = ["data", "/secret", "/", "a/b", "@releaseDomain", "t", "0", "7", "n7", "b7", "r0", "T", "F", "", "//", "x/", "99999"];
        for (int step = 0; step < 60; step++)
        {
            int what = random.Next(12);
            if (what < 8)
            {
                string payload = string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ => words[random.Next(words.Length)] + (random.Next(8) == 0 ? "" : "\0")));
                uint type = random.Next(10) == 0 ? (uint)random.Next() : (uint)random.Next(28);
                guest.Put(TestRing.Message(type, (uint)step, (uint)random.Next(4), Encoding.Latin1.GetBytes(payload)));
            }
            else if (what == 8)
            {
                byte[] garbage = new byte[random.Next(64)];
                random.NextBytes(garbage);
                guest.Put(garbage);
            }
            else if (what == 9)
            {
                guest[2048 + (4 * random.Next(8))] = random.Next(2) == 0 ? (uint)random.Next(2000) : (uint)random.NextInt64(1L << 32);
            }
            else if (what == 10)
            {
                guest.Bytes[random.Next(4096)] = (byte)random.Next(256);
            }
            else
            {
                guest[2068] = 1;
            }

            guest.Connection.OnEvent();
            if (random.Next(3) == 0)
                guest[2056] = guest[2060];
        }

        guest[2068] = 1;
        guest.Connection.OnEvent();
        return guest.GuardsAreWhole
            && control.ReadText("/secret") == "unchanged"
            && guest.Ask(10, "7|") == "10:/local/domain/7|";
    }

    private static unsafe ref uint Index(TestRing ring, int offset) => ref *(uint*)(ring.Page + offset);

    // The saved state is the way to indices that a ring takes hours to reach.
    private static XenStoreService Restored(XenStoreService service, uint index)
    {
        using MemoryStream stream = new();
        service.Save(new Persistence.StateWriter(stream));
        byte[] state = stream.ToArray();
        BitConverter.TryWriteBytes(state.AsSpan(state.Length - 16), index);
        BitConverter.TryWriteBytes(state.AsSpan(state.Length - 12), index);
        XenStoreService restored = new();
        restored.Restore(new Persistence.StateReader(new MemoryStream(state)));
        return restored;
    }

    private void AssertStopped(XenStoreRingError error, int notificationsBefore)
    {
        Assert.Equal((uint)error, _guest[2072]);
        Assert.Equal(error, _guest.Connection.Error);
        Assert.Equal(notificationsBefore + 1, _guest.Notifications);
        uint consumer = _guest[2048];
        _guest[2052] = consumer;
        _guest[2056] = _guest[2060];
        _guest.Put(TestRing.Message(10, 1, 0, "7\0"u8.ToArray()));
        Assert.False(_guest.Connection.OnEvent());
        _control.Write("/local/domain/7/data", "x");
        Assert.Equal(consumer, _guest[2048]);
        Assert.Empty(_guest.Take());
        Assert.True(_guest.GuardsAreWhole);
    }
}
