using System.Text;
using Dominion.Buses;
using Dominion.Devices.Pc.Tests.Pci;
using Dominion.Devices.Pc.Virtio;
using Dominion.Services;

namespace Dominion.Devices.Pc.Tests.Virtio;

public class VirtioConsoleTests
{
    private readonly TestBoard _board = new();
    private readonly TestStream _stream = new();
    private readonly VirtioDriver _driver;

    public VirtioConsoleTests()
    {
        IDeviceFactory factory = new VirtioConsoleFactory();
        factory.Create(_board, new VirtioConsoleOptions { Stream = _board.AddService<ICharacterStream>(_stream) }).Reset();
        _driver = new VirtioDriver(_board);
    }

    [Fact]
    public void What_the_driver_sends_reaches_the_stream()
    {
        _driver.Start();
        byte[] text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 3000).Select(i => $"{i} ")));
        ulong at = _driver.Place(text);
        _driver.Offer(1, 0, (at, 5, false), (at + 5, text.Length - 5, false));
        _driver.Notify(1);
        Assert.Equal((0u, 0u), _driver.TakeUsed(1));
        Assert.Equal(text, _stream.Written.ToArray());
    }

    [Fact]
    public void What_is_typed_fills_buffers_and_the_rest_waits_until_there_are_more()
    {
        _driver.Start(VirtioDriver.Version1 | VirtioDriver.EventIndex);
        ulong at = _driver.Allocate(32);
        _driver.Offer(0, 0, (at, 4, true));
        _driver.Notify(0);
        Assert.Equal(4, _stream.Receiver!.Receive("hello"u8));
        Assert.Equal((0u, 4u), _driver.TakeUsed(0));
        Assert.Equal("hell"u8.ToArray(), _driver.Memory(at, 4).ToArray());
        Assert.Equal(1, _driver.ReadIsr());
        VirtioDriver.QueueState queue = _driver.Queue(0);
        Assert.Equal(1, _driver.Memory(queue.Used + 4 + (8u * queue.Size), 2)[0]);
        Assert.Equal(0, _stream.Readies);
        _driver.Offer(0, 1, (at + 16, 4, true));
        _driver.Notify(0);
        Assert.Equal(1, _stream.Readies);
        Assert.Equal(1, _stream.Receiver!.Receive("o"u8));
        Assert.Equal((1u, 1u), _driver.TakeUsed(0));
    }

    [Fact]
    public void What_is_typed_before_the_driver_is_up_waits_for_it()
    {
        Assert.Equal(0, _stream.Receiver!.Receive("x"u8));
        _driver.Start();
        Assert.Equal(1, _stream.Readies);
    }

    [Fact]
    public void An_emergency_write_needs_no_queue()
    {
        Assert.Equal(4UL, _driver.OfferedFeatures & 4);
        _board.Space.Write(_driver.Configuration + 8, AccessWidth.Dword, '!', 0);
        Assert.Equal("!"u8.ToArray(), _stream.Written.ToArray());
    }
}
