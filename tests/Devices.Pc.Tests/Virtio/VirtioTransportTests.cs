using Dominion.Buses;
using Dominion.Devices.Pc.Tests.Pci;
using Dominion.Devices.Pc.Virtio;
using Dominion.Persistence;
using Dominion.Services;

namespace Dominion.Devices.Pc.Tests.Virtio;

/// <summary>What every virtio function on PCI does, shown with an entropy device.</summary>
public class VirtioTransportTests
{
    private readonly TestBoard _board = new();
    private readonly IDevice _device;
    private readonly VirtioDriver _driver;

    public VirtioTransportTests()
    {
        IDeviceFactory factory = new VirtioEntropyFactory();
        _device = factory.Create(_board, new VirtioEntropyOptions { Source = _board.AddService<IEntropySource>(new CountingSource()) });
        _device.Reset();
        _driver = new VirtioDriver(_board);
    }

    [Fact]
    public void It_is_a_modern_function()
    {
        Assert.Equal(0x1044_1AF4u, _board.Configuration(1, 0));
        Assert.Equal(1u, _board.Configuration(1, 8, AccessWidth.Byte));
        Assert.Equal(1u, _board.Configuration(1, 0x3D, AccessWidth.Byte));
        Assert.Equal(VirtioDriver.Version1 | VirtioDriver.EventIndex | VirtioDriver.Indirect, _driver.OfferedFeatures);
    }

    [Fact]
    public void Behind_an_IOMMU_it_offers_to_use_the_platforms_addresses()
    {
        const ulong AccessPlatform = 1UL << 33;
        TestBoard board = new() { Iommu = new Iommu.IommuMachine().Unit };
        VirtioEntropyOptions options = new() { Source = board.AddService<IEntropySource>(new CountingSource()) };
        using IDevice device = ((IDeviceFactory)new VirtioEntropyFactory()).Create(board, options);
        VirtioDriver driver = new(board);
        Assert.Equal(AccessPlatform, driver.OfferedFeatures & AccessPlatform);
        driver.Start(VirtioDriver.Version1 | AccessPlatform, 8);
        Assert.False(driver.NeedsReset);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(VirtioDriver.EventIndex)]
    [InlineData(VirtioDriver.Version1 | (1UL << 34))]
    [InlineData(VirtioDriver.Version1 | 1)]
    public void Features_that_do_not_go_are_not_agreed_on(ulong features)
    {
        _driver.Negotiate(features);
        Assert.Equal(3, _driver.Status);
        _driver.Status = 7;
        Assert.Equal(3, _driver.Status);
    }

    [Fact]
    public void Status_bits_stay_until_a_reset()
    {
        _driver.Status = 1;
        _driver.Status = 2;
        Assert.Equal(3, _driver.Status);
        _driver.Status = 0x43;
        Assert.Equal(3, _driver.Status);
        _driver.Status = 0;
        Assert.Equal(0, _driver.Status);
    }

    [Fact]
    public void Nothing_is_consumed_before_the_driver_is_set_up()
    {
        _driver.Negotiate(VirtioDriver.Version1);
        _driver.SetUpQueue(0, 8);
        _driver.Offer(0, 0, (_driver.Allocate(16), 16, true));
        _driver.Notify(0);
        Assert.Null(_driver.TakeUsed(0));
        _driver.Status = 15;
        Assert.Equal((0u, 16u), _driver.TakeUsed(0));
    }

    [Fact]
    public void A_used_buffer_raises_the_pin_until_the_isr_is_read()
    {
        _driver.Start();
        _driver.Offer(0, 0, (_driver.Allocate(16), 16, true));
        _driver.Notify(0);
        Assert.True(_board.Lines[17]);
        Assert.Equal(1, _driver.ReadIsr());
        Assert.False(_board.Lines[17]);
        Assert.Equal(0, _driver.ReadIsr());
    }

    [Fact]
    public void With_messages_each_queue_has_its_vector_and_the_pin_rests()
    {
        _driver.Start(messages: true);
        _driver.Offer(0, 0, (_driver.Allocate(16), 16, true));
        _driver.Notify(0);
        Assert.Equal([0x41u], _board.Sent.Select(m => m.Data));
        Assert.False(_board.Lines[17]);
        Assert.Equal(0, _driver.ReadIsr());
    }

    [Fact]
    public void A_vector_that_does_not_exist_reads_back_as_none()
    {
        _driver.Write(0x10, AccessWidth.Word, 2);
        Assert.Equal(0xFFFFUL, _driver.Read(0x10, AccessWidth.Word));
        _driver.Write(0x10, AccessWidth.Word, 1);
        Assert.Equal(1UL, _driver.Read(0x10, AccessWidth.Word));
    }

    [Fact]
    public void A_driver_may_suppress_signals_by_flag()
    {
        _driver.Start();
        _driver.Memory(_driver.Queue(0).Available, 2)[0] = 1;
        _driver.Offer(0, 0, (_driver.Allocate(16), 16, true));
        _driver.Notify(0);
        Assert.NotNull(_driver.TakeUsed(0));
        Assert.False(_board.Lines[17]);
    }

    [Fact]
    public void A_driver_may_ask_for_a_signal_at_an_index()
    {
        _driver.Start(VirtioDriver.Version1 | VirtioDriver.EventIndex, messages: true);
        VirtioDriver.QueueState queue = _driver.Queue(0);
        _driver.Memory(queue.Available + 4 + (2u * queue.Size), 2)[0] = 2;
        for (int i = 1; i <= 4; i++)
        {
            _driver.Offer(0, 0, (VirtioDriver.DataStart, 16, true));
            _driver.Notify(0);
            Assert.Equal(i >= 3 ? 1 : 0, _board.Sent.Count);
            Assert.Equal(i, _driver.Memory(queue.Used + 4 + (8u * queue.Size), 2)[0]);
        }
    }

    [Fact]
    public void A_batch_is_signalled_once()
    {
        _driver.Start(messages: true);
        for (ushort i = 0; i < 8; i++)
            _driver.Offer(0, i, (VirtioDriver.DataStart, 16, true));
        _driver.Notify(0);
        Assert.Equal(8, _driver.UsedIndex(0));
        Assert.Single(_board.Sent);
    }

    [Fact]
    public void An_indirect_table_is_followed_once_agreed_on()
    {
        _driver.Start(VirtioDriver.Version1 | VirtioDriver.Indirect);
        ulong table = _driver.Allocate(32);
        ulong data = _driver.Allocate(32);
        _driver.WriteDescriptor(table, 0, data, 8, 3, 1);
        _driver.WriteDescriptor(table, 1, data + 16, 8, 2, 0);
        _driver.WriteDescriptor(_driver.Queue(0).Descriptors, 5, table, 32, 4, 0);
        _driver.Publish(0, 5);
        _driver.Notify(0);
        Assert.Equal((5u, 16u), _driver.TakeUsed(0));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], _driver.Memory(data, 8).ToArray());
        Assert.Equal([9, 10, 11, 12, 13, 14, 15, 16], _driver.Memory(data + 16, 8).ToArray());
    }

    [Theory]
    [InlineData(0x20, 0x1008UL)]
    [InlineData(0x28, 0x2001UL)]
    [InlineData(0x30, 0x3002UL)]
    public void A_queue_at_a_crooked_address_breaks_the_device(int register, ulong address)
    {
        _driver.Negotiate(VirtioDriver.Version1);
        _driver.Write(0x16, AccessWidth.Word, 0);
        _driver.Write((uint)register, AccessWidth.Qword, address);
        _driver.Write(0x1C, AccessWidth.Word, 1);
        Assert.True(_driver.NeedsReset);
        Assert.Equal(0UL, _driver.Read(0x1C, AccessWidth.Word));
        Assert.Equal(0, _driver.ReadIsr());
        _driver.Status = 15;
        Assert.Equal(2, _driver.ReadIsr());
    }

    [Theory]
    [InlineData("loop")]
    [InlineData("head")]
    [InlineData("next")]
    [InlineData("address")]
    [InlineData("wrap")]
    [InlineData("order")]
    [InlineData("indirect")]
    [InlineData("ahead")]
    [InlineData("empty")]
    public void A_broken_rule_needs_a_reset_and_a_reset_heals(string rule)
    {
        _driver.Start(messages: true);
        ulong table = _driver.Queue(0).Descriptors;
        ushort head = 0;
        switch (rule)
        {
            case "loop":
                _driver.WriteDescriptor(table, 0, VirtioDriver.DataStart, 16, 3, 1);
                _driver.WriteDescriptor(table, 1, VirtioDriver.DataStart, 16, 3, 0);
                break;
            case "head":
                head = 16;
                break;
            case "next":
                _driver.WriteDescriptor(table, 0, VirtioDriver.DataStart, 16, 3, 16);
                break;
            case "address":
                _driver.WriteDescriptor(table, 0, 0xFEC0_0000, 16, 2, 0);
                break;
            case "wrap":
                _driver.WriteDescriptor(table, 0, ulong.MaxValue - 7, 16, 2, 0);
                break;
            case "order":
                _driver.WriteDescriptor(table, 0, VirtioDriver.DataStart, 16, 3, 1);
                _driver.WriteDescriptor(table, 1, VirtioDriver.DataStart, 16, 0, 0);
                break;
            case "indirect":
                _driver.WriteDescriptor(table, 0, VirtioDriver.DataStart, 16, 4, 0);
                break;
            case "ahead":
                for (int i = 0; i < 16; i++)
                    _driver.Publish(0, 0);
                break;
            default:
                _driver.WriteDescriptor(table, 0, VirtioDriver.DataStart, 0, 2, 0);
                break;
        }

        _driver.Publish(0, head);
        _driver.Notify(0);
        Assert.True(_driver.NeedsReset);
        Assert.Equal([0x40u], _board.Sent.Select(m => m.Data));
        Assert.Equal(0, _driver.UsedIndex(0));
        Assert.Single(_board.Logged);

        _driver.Start(messages: true);
        _driver.Offer(0, 0, (_driver.Allocate(16), 16, true));
        _driver.Notify(0);
        Assert.Equal((0u, 16u), _driver.TakeUsed(0));
    }

    [Fact]
    public void Memory_is_out_of_reach_without_bus_mastering()
    {
        _driver.Start();
        _driver.Offer(0, 0, (_driver.Allocate(16), 16, true));
        _board.SetConfiguration(1, 4, 2, AccessWidth.Word);
        _driver.Notify(0);
        Assert.True(_driver.NeedsReset);
        Assert.Empty(_board.Space.DeviceWrites);
    }

    [Fact]
    public void A_queue_that_never_empties_leaves_the_lock_after_a_queueful()
    {
        _driver.Start(size: 8);
        VirtioDriver.QueueState queue = _driver.Queue(0);
        for (ushort i = 0; i < 8; i++)
            _driver.Offer(0, i, (VirtioDriver.DataStart, 16, true));
        _driver.Notify(0);
        Assert.Equal(8, _driver.UsedIndex(0));
        Assert.Equal(1, _board.PostedCount);
        _driver.Publish(0, 3);
        _board.RunPosted();
        Assert.Equal(9, _driver.UsedIndex(0));
        Assert.Equal(9, queue.NextAvailable);
    }

    [Fact]
    public void The_configuration_window_reaches_the_bar()
    {
        int at = _board.FindCapability(1, 9, 4);
        Assert.Equal(0x0514u, _board.Configuration(1, at + 2, AccessWidth.Word));
        _board.SetConfiguration(1, at + 4, 0, AccessWidth.Byte);
        _board.SetConfiguration(1, at + 8, 0x14);
        _board.SetConfiguration(1, at + 12, 1);
        _board.SetConfiguration(1, at + 16, 1);
        Assert.Equal(1, _driver.Status);
        _driver.Status = 3;
        Assert.Equal(3u, _board.Configuration(1, at + 16));
        _board.SetConfiguration(1, at + 8, 0x3FFF);
        _board.SetConfiguration(1, at + 12, 4);
        Assert.Equal(0u, _board.Configuration(1, at + 16));
        _board.SetConfiguration(1, at + 8, 0xFFFF_FFFF);
        _board.SetConfiguration(1, at + 16, 0xFFFF_FFFF);
        Assert.Equal(3, _driver.Status);
    }

    [Fact]
    public void A_running_device_survives_save_and_restore()
    {
        _driver.Start(messages: true);
        _driver.Offer(0, 0, (_driver.Allocate(16), 16, true));
        _driver.Notify(0);
        MemoryStream stream = new();
        StateWriter writer = new(stream);
        _board.Host.Save(writer);
        _device.Save(writer);
        _device.Reset();
        _board.Host.Reset();
        Assert.Equal(0, _driver.Status);
        stream.Position = 0;
        StateReader reader = new(stream);
        _board.Host.Restore(reader);
        _device.Restore(reader);
        _driver.Offer(0, 1, (_driver.Allocate(16), 16, true));
        _driver.Notify(0);
        Assert.Equal((0u, 16u), _driver.TakeUsed(0));
        Assert.Equal((1u, 16u), _driver.TakeUsed(0));
        Assert.Equal(2, _board.Sent.Count);
    }

    private sealed class CountingSource : IEntropySource
    {
        private byte _next;

        public void Fill(Span<byte> destination)
        {
            foreach (ref byte value in destination)
                value = ++_next;
        }
    }
}
