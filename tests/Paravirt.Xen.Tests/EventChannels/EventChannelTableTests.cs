using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.EventChannels;

namespace Dominion.Paravirt.Xen.Tests.EventChannels;

public class EventChannelTableTests
{
    [Fact]
    public void Two_domains_connect_and_send_to_each_other()
    {
        using EventFixture f = new();
        int heard = 0;
        Assert.Equal(XenError.Success, f.Guest.AllocateUnbound(0, out uint port));
        Assert.Equal(1u, port);
        Assert.Equal(XenError.Success, f.Control.BindInterdomain(f.Guest, 1, port, out uint remote, () => heard++));
        heard = 0;
        Assert.Equal(XenError.Success, f.Guest.Send(port));
        Assert.Equal(1, heard);
        Assert.Equal(XenError.Success, f.Control.Send(remote));
        Assert.True(f.Guest.IsPending(port));
        Assert.Equal([0], f.Upcalls);
        Assert.Equal([port], f.Polls);
    }

    [Fact]
    public void A_port_is_bound_only_by_the_domain_it_is_for_and_once()
    {
        using EventFixture f = new();
        f.Guest.AllocateUnbound(7, out uint port);
        Assert.Equal(XenError.Invalid, f.Control.BindInterdomain(f.Guest, 1, port, out _));
        f.Guest.AllocateUnbound(0, out port);
        Assert.Equal(XenError.Success, f.Control.BindInterdomain(f.Guest, 1, port, out _));
        Assert.Equal(XenError.Invalid, f.Control.BindInterdomain(f.Guest, 1, port, out _));
        Assert.Equal(XenError.NoSuchProcess, f.Guest.BindInterdomain(null, 9, 1, out _));
        Assert.Equal(XenError.Invalid, f.Guest.BindInterdomain(f.Control, 0, 12345, out _));
    }

    [Fact]
    public void Closing_one_end_leaves_the_other_unbound_for_the_same_domain()
    {
        using EventFixture f = new();
        f.Guest.AllocateUnbound(0, out uint port);
        f.Control.BindInterdomain(f.Guest, 1, port, out uint remote);
        Assert.Equal(XenError.Success, f.Control.Close(remote));
        Assert.Equal(ChannelState.Unbound, f.Guest.GetStatus(port)!.Value.State);
        Assert.Equal(XenError.Success, f.Guest.Send(port));
        Assert.Equal(XenError.Success, f.Control.BindInterdomain(f.Guest, 1, port, out _));
        Assert.Equal(XenError.Success, f.Guest.Close(port));
        Assert.Equal(XenError.Invalid, f.Guest.Close(port));
        Assert.Equal(XenError.Invalid, f.Guest.Send(port));
    }

    [Fact]
    public void Virtual_interrupts_are_bound_once_a_vcpu_and_global_ones_on_vcpu_0()
    {
        using EventFixture f = new();
        Assert.Equal(XenError.Success, f.Guest.BindVirq(0, 1, out uint timer));
        Assert.Equal(XenError.Exists, f.Guest.BindVirq(0, 1, out _));
        Assert.Equal(XenError.Success, f.Guest.BindVirq(0, 0, out _));
        Assert.Equal(XenError.NoEntry, f.Guest.BindVirq(0, 2, out _));
        Assert.Equal(XenError.Invalid, f.Guest.BindVirq(24, 0, out _));
        Assert.Equal(XenError.Invalid, f.Guest.BindVirq(3, 1, out _));
        f.Guest.RaiseVirq(0, 1);
        Assert.True(f.Guest.IsPending(timer));
        Assert.Equal([1], f.Upcalls);
        Assert.Equal(XenError.Invalid, f.Guest.Send(timer));
        Assert.Equal(XenError.Invalid, f.Guest.BindVcpu(timer, 0));
        Assert.Equal(XenError.Success, f.Guest.Close(timer));
        Assert.Equal(XenError.Success, f.Guest.BindVirq(0, 1, out _));
    }

    [Fact]
    public void Ports_run_out_with_no_space()
    {
        using EventFixture f = new();
        XenError error = XenError.Success;
        int count = 0;
        while ((error = f.Guest.BindIpi(0, out _)) == XenError.Success)
            count++;
        Assert.Equal(XenError.NoSpace, error);
        Assert.Equal(4095, count);
        Assert.Equal(XenError.Success, f.Guest.Close(77));
        Assert.Equal(XenError.Success, f.Guest.BindIpi(1, out uint again));
        Assert.Equal(77u, again);
    }

    [Fact]
    public void A_masked_event_waits_for_its_unmask()
    {
        using EventFixture f = new();
        f.Guest.BindIpi(1, out uint port);
        f.SetBit(AbiLayout.Bits64.SharedMask, port);
        Assert.Equal(XenError.Success, f.Guest.Send(port));
        Assert.Empty(f.Upcalls);
        Assert.True(f.Bit(AbiLayout.Bits64.SharedPending, port));
        Assert.Equal(XenError.Success, f.Guest.Unmask(port));
        Assert.Equal([1], f.Upcalls);
        Assert.True(f.Bit(64 + AbiLayout.Bits64.VcpuPendingSelector, port / 64));
    }

    [Fact]
    public void Closing_forgets_what_is_pending()
    {
        using EventFixture f = new();
        f.Guest.BindIpi(0, out uint port);
        f.Guest.Send(port);
        f.Guest.Close(port);
        Assert.False(f.Bit(AbiLayout.Bits64.SharedPending, port));
    }
}
