using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.EventChannels;

namespace Dominion.Paravirt.Xen.Tests.EventChannels;

public unsafe class FifoEventQueuesTests
{
    private const uint Pending = 1u << 31;
    private const uint Masked = 1u << 30;
    private const uint Linked = 1u << 29;
    private const uint LinkMask = (1u << 17) - 1;

    [Fact]
    public void Events_of_one_priority_form_a_queue_in_their_order()
    {
        using EventFixture f = new();
        FifoEventQueues queues = Switch(f);
        Assert.True(queues.TryAddPage(f.Page(4)));
        uint* words = (uint*)f.Page(4);
        uint[] ports = [.. Enumerable.Range(0, 3).Select(_ => Ipi(f))];
        foreach (uint port in ports)
            f.Guest.Send(port);
        uint* control = (uint*)f.Page(5);
        Assert.Equal(1u << 7, control[0]);
        Assert.Equal([ports[0], ports[1], ports[2], 0u], [control[2 + 7], words[ports[0]] & LinkMask, words[ports[1]] & LinkMask, words[ports[2]] & LinkMask]);
        Assert.All(ports, port => Assert.Equal(Pending | Linked, words[port] & (Pending | Linked)));
        Assert.Equal([0], f.Upcalls);
    }

    [Fact]
    public void A_queue_that_the_guest_has_emptied_starts_at_its_head_again()
    {
        using EventFixture f = new();
        FifoEventQueues queues = Switch(f);
        queues.TryAddPage(f.Page(4));
        uint* words = (uint*)f.Page(4);
        uint* control = (uint*)f.Page(5);
        uint first = Ipi(f), second = Ipi(f);
        f.Guest.Send(first);

        // What a guest does: takes the event off the queue, handles it.
        control[0] = 0;
        words[first] = 0;
        control[2 + 7] = 0;
        f.Guest.Send(second);
        Assert.Equal(second, control[2 + 7]);
        Assert.Equal(1u << 7, control[0]);
        Assert.Equal(0u, words[first] & LinkMask);
    }

    [Fact]
    public void A_masked_event_is_in_no_queue_until_it_is_unmasked()
    {
        using EventFixture f = new();
        FifoEventQueues queues = Switch(f);
        queues.TryAddPage(f.Page(4));
        uint* words = (uint*)f.Page(4);
        uint port = Ipi(f);
        words[port] = Masked;
        f.Guest.Send(port);
        Assert.Equal(Pending | Masked, words[port]);
        f.Guest.Unmask(port);
        Assert.Equal(Pending | Linked, words[port]);
        Assert.Equal(port, ((uint*)f.Page(5))[2 + 7]);
    }

    [Fact]
    public void An_event_before_its_word_is_there_comes_with_the_word()
    {
        using EventFixture f = new();
        FifoEventQueues queues = Switch(f);
        uint port = Ipi(f);
        f.Guest.Send(port);
        Assert.Empty(f.Upcalls);
        queues.TryAddPage(f.Page(4));
        Assert.Equal(Pending | Linked, ((uint*)f.Page(4))[port]);
        Assert.Equal([0], f.Upcalls);
    }

    [Fact]
    public void Priorities_have_queues_of_their_own()
    {
        using EventFixture f = new();
        FifoEventQueues queues = Switch(f);
        queues.TryAddPage(f.Page(4));
        uint urgent = Ipi(f), ordinary = Ipi(f);
        Assert.Equal(XenError.Success, f.Guest.SetPriority(urgent, 0));
        Assert.Equal(XenError.Invalid, f.Guest.SetPriority(urgent, 16));
        f.Guest.Send(ordinary);
        f.Guest.Send(urgent);
        uint* control = (uint*)f.Page(5);
        Assert.Equal((urgent, ordinary), (control[2], control[2 + 7]));
        Assert.Equal(1u | (1u << 7), control[0]);
    }

    [Fact]
    public void Links_that_the_guest_has_spoilt_do_no_harm()
    {
        using EventFixture f = new();
        FifoEventQueues queues = Switch(f);
        queues.TryAddPage(f.Page(4));
        Random random = new(1);
        uint[] ports = [.. Enumerable.Range(0, 20).Select(_ => Ipi(f))];
        uint* words = (uint*)f.Page(4);
        for (int i = 0; i < 20_000; i++)
        {
            f.Guest.Send(ports[random.Next(ports.Length)]);
            words[random.Next(64)] = (uint)random.NextInt64();
            ((uint*)f.Page(5))[random.Next(18)] = (uint)random.NextInt64();
        }

        // The pages beside are untouched.
        Assert.False(new ReadOnlySpan<byte>(f.Page(6), 4096).ContainsAnyExcept((byte)0));
        Assert.False(new ReadOnlySpan<byte>(f.Page(3), 4096).ContainsAnyExcept((byte)0));
    }

    private static uint Ipi(EventFixture f)
    {
        Assert.Equal(XenError.Success, f.Guest.BindIpi(0, out uint port));
        return port;
    }

    private static FifoEventQueues Switch(EventFixture f)
    {
        FifoEventQueues queues = new(f);
        queues.SetControlBlock(0, f.Page(5));
        f.Guest.Switch(queues);
        return queues;
    }
}
