using Dominion.Paravirt.Xen.XenBus;
using Dominion.Paravirt.Xen.XenStore;
using Dominion.Split;
using FsCheck;
using FsCheck.Fluent;

namespace Dominion.Paravirt.Xen.Tests.XenBus;

public sealed class XenBusStateTests : IDisposable
{
    private readonly XenBusFixture _bus = new();

    [Fact]
    public void A_device_appears_with_both_folders_and_waits()
    {
        Assert.Equal(XenBusFixture.BackendPath, _bus.Guest.ReadText($"{XenBusFixture.FrontendPath}/backend"));
        Assert.Equal("0", _bus.Guest.ReadText($"{XenBusFixture.FrontendPath}/backend-id"));
        Assert.Equal("1", _bus.Guest.ReadText($"{XenBusFixture.FrontendPath}/state"));
        Assert.Equal("7", _bus.Guest.ReadText($"{XenBusFixture.FrontendPath}/virtual-device"));
        Assert.Equal(XenBusFixture.FrontendPath, _bus.Guest.ReadText($"{XenBusFixture.BackendPath}/frontend"));
        Assert.Equal("1", _bus.Guest.ReadText($"{XenBusFixture.BackendPath}/frontend-id"));
        Assert.Equal("1", _bus.Guest.ReadText($"{XenBusFixture.BackendPath}/feature-test"));
        Assert.Equal("2", _bus.BackendState);
        Assert.Equal(XenStoreError.EACCES, _bus.Guest.Write($"{XenBusFixture.BackendPath}/state", "4"));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void A_frontend_that_is_ready_is_connected_once(int ready)
    {
        _bus.Become(ready);
        Assert.Equal("4", _bus.BackendState);
        _bus.Become(4);
        Assert.Equal(["connect"], _bus.Backend.Calls);
    }

    [Fact]
    public void A_frontend_that_closes_and_comes_back_is_connected_again()
    {
        _bus.Become(3);
        _bus.Become(5);
        Assert.Equal("5", _bus.BackendState);
        _bus.Become(6);
        Assert.Equal("6", _bus.BackendState);
        _bus.Become(1);
        Assert.Equal("2", _bus.BackendState);
        _bus.Become(3);
        Assert.Equal("4", _bus.BackendState);
        Assert.Equal(["connect", "disconnect", "connect"], _bus.Backend.Calls);
    }

    [Fact]
    public void A_frontend_that_starts_anew_without_a_word_is_offered_the_device_again()
    {
        _bus.Become(4);
        _bus.Become(1);
        Assert.Equal("2", _bus.BackendState);
        Assert.Equal(["connect", "disconnect"], _bus.Backend.Calls);
    }

    [Fact]
    public void A_frontend_that_takes_its_folder_away_is_gone()
    {
        _bus.Become(4);
        _bus.Guest.Remove(XenBusFixture.FrontendPath);
        _bus.Run();
        Assert.Equal("6", _bus.BackendState);
        Assert.Equal(["connect", "disconnect"], _bus.Backend.Calls);
    }

    [Fact]
    public void A_frontend_at_fault_is_closed_and_told_of_in_the_error_node()
    {
        _bus.Backend.OnConnect = frontend =>
        {
            _bus.Grant(8);
            Assert.True(frontend.TryMap([8], true, out _));
            throw new FrontendException("no such ring");
        };
        _bus.Become(3);
        Assert.Equal("5", _bus.BackendState);
        Assert.Equal("no such ring", _bus.Store.ReadText("/local/domain/0/error/backend/test/1/7/error"));
        Assert.Equal(0, _bus.Grants.Count);
        _bus.Backend.OnConnect = null;
        _bus.Become(6);
        _bus.Become(1);
        _bus.Become(3);
        Assert.Equal("4", _bus.BackendState);
    }

    [Fact]
    public void A_handler_and_a_call_from_elsewhere_can_close_too()
    {
        Assert.Equal(Abi.XenError.Success, _bus.Channels.AllocateUnbound(0, out uint port));
        _bus.Backend.OnConnect = frontend => frontend.Bind(port, () => throw new FrontendException("a spoilt ring"));
        _bus.Become(3);
        Assert.Equal("5", _bus.BackendState);
        _bus.Backend.OnConnect = null;
        _bus.Become(6);
        _bus.Become(1);
        _bus.Become(3);
        _bus.Backend.Frontend!.Fail("another one");
        _bus.Run();
        Assert.Equal("5", _bus.BackendState);
        Assert.Equal("another one", _bus.Store.ReadText("/local/domain/0/error/backend/test/1/7/error"));
    }

    [Fact]
    public void A_device_that_vanishes_leaves_nothing_and_hears_nothing_more()
    {
        _bus.Become(3);
        _bus.Guest.Write($"{XenBusFixture.FrontendPath}/state", "5");
        _bus.Devices.Vanish();
        _bus.Run();
        Assert.Equal(["connect", "disconnect"], _bus.Backend.Calls);
        Assert.Null(_bus.Store.ReadText(XenBusFixture.FrontendPath));
        Assert.Null(_bus.Store.ReadText(XenBusFixture.BackendPath));
        _bus.Devices.Appear();
        _bus.Run();
        Assert.Equal("2", _bus.BackendState);
    }

    [Fact]
    public void Any_nodes_of_a_frontend_leave_a_known_state_and_no_use_of_a_grant()
    {
        Gen<(int, string)[]> steps = Gen.Choose(0, 4).SelectMany(what => Gen.Elements("", "0", "1", "2", "3", "4", "5", "6", "7", "-1", "4294967296", "x", "3\0").Select(text => (what, text))).ArrayOf();
        Prop.ForAll(steps.ToArbitrary(), written =>
        {
            using XenBusFixture bus = new();
            bus.Backend.OnConnect = frontend =>
            {
                uint reference = frontend.ReadNumber("ring-ref");
                frontend.MapRing([reference], 8);
                frontend.Bind(frontend.ReadNumber("event-channel"), () => false);
            };
            bus.Grant(3);
            bus.Channels.AllocateUnbound(0, out _);
            foreach ((int what, string text) in written)
            {
                if (what == 0)
                    bus.Guest.Remove(XenBusFixture.FrontendPath);
                else
                    bus.Guest.Write($"{XenBusFixture.FrontendPath}/{(what == 1 ? "ring-ref" : what == 2 ? "event-channel" : "state")}", text);
                bus.Run();
                Assert.InRange(bus.Device.State, XenBusState.InitWait, XenBusState.Closed);
            }

            bus.Devices.Vanish();
            Assert.Equal(0, bus.Grants.Count);
        }).QuickCheckThrowOnFailure();
    }

    public void Dispose() => _bus.Dispose();
}
