using Dominion.Devices.Pc.Network;
using Dominion.Buses;
using Dominion.Devices.Pc.Tests.Pci;
using Dominion.Devices.Pc.Virtio;
using Dominion.Diagnostics;
using Dominion.Services;

namespace Dominion.Devices.Pc.Tests.Virtio;

public class VirtioNetworkTests
{
    private const ulong Merge = 1 << 15;

    private readonly TestBoard _board = new();
    private readonly TestSegment _segment = new();

    [Fact]
    public void Its_configuration_tells_the_address_and_that_the_link_is_up()
    {
        VirtioDriver driver = Make(new MacAddress(0x0216_3E00_0001));
        Assert.Equal([0x02, 0x16, 0x3E, 0, 0, 1, 1, 0], Enumerable.Range(0, 8).Select(i => (byte)_board.Space.Read(driver.Configuration + (uint)i, AccessWidth.Byte, 0)));
    }

    [Fact]
    public void The_default_address_depends_on_domain_and_device_alone()
    {
        MacAddress address = StationAddress.Default("web", "virtio-net0");
        Assert.Equal(address, StationAddress.Default("web", "virtio-net0"));
        Assert.NotEqual(address, StationAddress.Default("db", "virtio-net0"));
        Assert.NotEqual(address, StationAddress.Default("web", "virtio-net1"));
        Assert.Equal(2UL, (address.Value >> 40) & 3);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(0x0100_5E00_0001UL)]
    public void An_address_of_no_station_is_refused(ulong address) =>
        Assert.Equal("DOM3212", Assert.Throws<DiagnosticException>(() => Make(new MacAddress(address))).Diagnostic.Id);

    [Fact]
    public void A_frame_is_sent_without_its_header()
    {
        VirtioDriver driver = Make();
        byte[] frame = Frame(60);
        ulong at = driver.Place([.. new byte[12], .. frame]);
        driver.Offer(1, 0, (at, 12, false), (at + 12, 20, false), (at + 32, 40, false));
        driver.Notify(1);
        Assert.Equal((0u, 0u), driver.TakeUsed(1));
        Assert.Equal(frame, Assert.Single(_segment.Sent));
    }

    [Theory]
    [InlineData(12 + 13)]
    [InlineData(12 + 65551)]
    public void A_frame_of_an_impossible_length_is_given_back_unsent(int length)
    {
        VirtioDriver driver = Make();
        driver.Offer(1, 0, (driver.Allocate(length), length, false));
        driver.Notify(1);
        Assert.NotNull(driver.TakeUsed(1));
        Assert.Empty(_segment.Sent);
        Assert.False(driver.NeedsReset);
    }

    [Fact]
    public void A_frame_without_header_breaks_the_device()
    {
        VirtioDriver driver = Make();
        driver.Offer(1, 0, (driver.Allocate(11), 11, false));
        driver.Notify(1);
        Assert.True(driver.NeedsReset);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(Merge)]
    public void A_received_frame_is_put_behind_a_header_that_counts_one_buffer(ulong features)
    {
        VirtioDriver driver = Make(features: features);
        ulong at = driver.Allocate(2048);
        driver.Offer(0, 4, (at, 12, true), (at + 12, 1514, true));
        driver.Notify(0);
        byte[] frame = Frame(1514);
        _segment.Receiver!.Receive(frame);
        Assert.Equal((4u, 1526u), driver.TakeUsed(0));
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0], driver.Memory(at, 12).ToArray());
        Assert.Equal(frame, driver.Memory(at + 12, 1514).ToArray());
        Assert.Equal(1, driver.ReadIsr());
    }

    [Fact]
    public void A_frame_may_be_merged_from_several_buffers()
    {
        VirtioDriver driver = Make(features: Merge);
        ulong at = driver.Allocate(4 * 64);
        for (ushort i = 0; i < 4; i++)
            driver.Offer(0, i, (at + (64u * i), 64, true));
        byte[] frame = Frame(150);
        _segment.Receiver!.Receive(frame);
        Assert.Equal((0u, 64u), driver.TakeUsed(0));
        Assert.Equal((1u, 64u), driver.TakeUsed(0));
        Assert.Equal((2u, 34u), driver.TakeUsed(0));
        Assert.Null(driver.TakeUsed(0));
        Assert.Equal(3, driver.Memory(at + 10, 1)[0]);
        Assert.Equal(frame, driver.Memory(at + 12, 150).ToArray());
    }

    [Theory]
    [InlineData(0UL, 1)]
    [InlineData(Merge, 2)]
    public void A_frame_that_does_not_fit_is_dropped_and_its_buffers_wait_on(ulong features, int buffers)
    {
        VirtioDriver driver = Make(features: features);
        ulong at = driver.Allocate(128);
        for (ushort i = 0; i < buffers; i++)
            driver.Offer(0, i, (at + (64u * i), 64, true));
        _segment.Receiver!.Receive(Frame(200));
        Assert.Null(driver.TakeUsed(0));
        Assert.Equal(0, driver.ReadIsr());
        _segment.Receiver!.Receive(Frame(20));
        Assert.Equal((0u, 32u), driver.TakeUsed(0));
        Assert.False(driver.NeedsReset);
    }

    [Fact]
    public void A_frame_for_a_station_that_is_not_up_is_dropped()
    {
        VirtioDriver driver = Make();
        driver.Status = 0;
        _segment.Receiver!.Receive(Frame(60));
        Assert.Empty(_board.Space.DeviceWrites);
    }

    [Fact]
    public void A_receive_buffer_without_room_breaks_the_device()
    {
        VirtioDriver driver = Make();
        driver.Offer(0, 0, (driver.Allocate(16), 12, true));
        _segment.Receiver!.Receive(Frame(60));
        Assert.True(driver.NeedsReset);
        _segment.Receiver!.Receive(Frame(60));
        Assert.Null(driver.TakeUsed(0));
    }

    private static byte[] Frame(int length)
    {
        byte[] frame = new byte[length];
        new Random(length).NextBytes(frame);
        return frame;
    }

    private VirtioDriver Make(MacAddress? address = null, ulong features = 0)
    {
        IDeviceFactory factory = new VirtioNetworkFactory();
        factory.Create(_board, new VirtioNetworkOptions { Segment = _board.AddService<INetworkSegment>(_segment), Mac = address }).Reset();
        VirtioDriver driver = new(_board);
        driver.Start(VirtioDriver.Version1 | features);
        return driver;
    }
}
