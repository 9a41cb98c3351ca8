using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.EventChannels;
using Dominion.Split;

namespace Dominion.Paravirt.Xen.Tests.XenBus;

public sealed class EventPortTests : IDisposable
{
    private readonly XenBusFixture _bus = new();
    private int _heard;

    public EventPortTests()
    {
        _bus.Become(3);
    }

    [Fact]
    public void Events_are_posted_and_several_are_handled_once()
    {
        uint port = Allocate();
        int handled = 0;
        using IEventPort end = _bus.Backend.Frontend!.Bind(port, () =>
        {
            handled++;
            return false;
        });

        // Binding may have missed an event.
        Assert.Equal((0, 1), (handled, _bus.Posted));
        _bus.Run();
        Assert.Equal(1, handled);
        for (int i = 0; i < 5; i++)
            _bus.Channels.Send(port);
        Assert.Equal((1, 1), (handled, _bus.Posted));
        _bus.Run();
        Assert.Equal(2, handled);
    }

    [Fact]
    public void A_handler_that_has_more_to_do_is_called_again_after_the_others()
    {
        uint port = Allocate();
        int left = 3;
        using IEventPort end = _bus.Backend.Frontend!.Bind(port, () => --left > 0);
        _bus.Run();
        Assert.Equal(0, left);
    }

    [Fact]
    public void The_frontend_hears_the_backend_until_the_port_closes()
    {
        uint port = Allocate();
        IEventPort end = _bus.Backend.Frontend!.Bind(port, () => false);
        end.Notify();
        Assert.Equal(1, _heard);
        end.Dispose();
        end.Notify();
        Assert.Equal(1, _heard);
    }

    [Fact]
    public void A_port_that_is_not_for_the_backend_is_the_frontends_fault()
    {
        Assert.Equal(XenError.Success, _bus.Channels.AllocateUnbound(5, out uint other));
        foreach (uint port in (uint[])[0, other, 77, uint.MaxValue])
            Assert.Throws<FrontendException>(() => _bus.Backend.Frontend!.Bind(port, () => false));
    }

    [Fact]
    public void Nothing_is_handled_after_the_connection_and_the_ports_are_closed()
    {
        uint port = Allocate();
        int handled = 0;
        _bus.Backend.Frontend!.Bind(port, () =>
        {
            handled++;
            return true;
        });
        _bus.Devices.Vanish();
        _bus.Run();
        _bus.Channels.Send(port);
        _bus.Run();
        Assert.Equal(0, handled);
        Assert.Equal(ChannelState.Unbound, _bus.Channels.GetStatus(port)?.State);
    }

    public void Dispose() => _bus.Dispose();

    private uint Allocate()
    {
        Assert.Equal(XenError.Success, _bus.Channels.AllocateUnbound(DomainIds.Control, out uint port, () => _heard++));
        return port;
    }
}
