using System.Buffers.Binary;

namespace Dominion.Devices.Pc.Tests.Iommu;

/// <summary>Invalidation by registers and by queue (Intel VT-d, 6.5 and 10.4.7, 10.4.8, 10.4.20 to 10.4.27).</summary>
public class InvalidationTests
{
    private const uint QueueError = 1 << 4;
    private static readonly (ulong Low, ulong High) s_everything = (0x12, 0);
    private readonly IommuMachine _machine = new();

    [Theory]
    [InlineData(0x28, 1UL << 63 | 1UL << 61, 1UL << 59 | 1UL << 61)]
    [InlineData(0x28, 1UL << 63 | 3UL << 61 | 0x0010_0000, 1UL << 59 | 3UL << 61 | 0x0010_0000)]
    [InlineData(0xF8, 1UL << 63 | 1UL << 60, 1UL << 57 | 1UL << 60)]
    [InlineData(0xF8, 1UL << 63 | 3UL << 60 | 5UL << 32, 1UL << 57 | 3UL << 60 | 5UL << 32)]
    public void A_register_invalidates_and_says_how_much(int register, ulong command, ulong done)
    {
        MoveThePage();
        _machine.SetWide(0xF0, 0x5000);
        _machine.SetWide(register, command);
        Assert.Equal(done, _machine.GetWide(register));
        Assert.Equal(2, ReadPage());
    }

    [Fact]
    public void A_reserved_granularity_does_nothing()
    {
        _machine.SetWide(0x28, 1UL << 63);
        Assert.Equal(0UL, _machine.GetWide(0x28));
    }

    [Theory]
    [InlineData(0x11UL, 0UL)] // all contexts
    [InlineData(0x0000_0010_0000_0031UL, 0UL)] // a function's
    [InlineData(0x12UL, 0UL)] // all translations
    [InlineData(0x22UL, 0UL)] // a domain's
    [InlineData(0xF2UL, 0x5000UL | 1 << 6)] // a page's
    public void A_descriptor_invalidates(ulong low, ulong high)
    {
        MoveThePage();
        _machine.EnableQueue();
        _machine.Submit((low, high));
        Assert.Equal(16U, _machine.Get(IommuMachine.QueueHead));
        Assert.Equal(2, ReadPage());
        Assert.Equal(0U, _machine.Get(IommuMachine.FaultStatus));
    }

    [Fact]
    public void A_wait_descriptor_writes_its_status_and_signals_once()
    {
        _machine.Set(0xA4, 0x71);
        _machine.Set(0xA8, 0xFEE0_3000);
        _machine.Set(0xA0, 0);
        _machine.EnableQueue();
        _machine.Submit(s_everything, (0x0000_00AB_0000_0075UL, IommuMachine.Data));
        Assert.Equal(0xABU, BinaryPrimitives.ReadUInt32LittleEndian(_machine.Ram.AsSpan((int)IommuMachine.Data)));
        Assert.Equal([(0xFEE0_3000UL, 0x71U)], _machine.Domain.Sent);
        Assert.Equal(1U, _machine.Get(IommuMachine.CompletionStatus));
        _machine.Submit((0x15UL, 0UL));
        Assert.Single(_machine.Domain.Sent);
        _machine.Set(IommuMachine.CompletionStatus, 1);
        _machine.Submit((0x15UL, 0UL));
        Assert.Equal(2, _machine.Domain.Sent.Count);
    }

    [Fact]
    public void The_queue_goes_round_and_does_each_descriptor_once()
    {
        _machine.EnableQueue();
        for (uint i = 0; i < 600; i++)
        {
            _machine.Submit((((ulong)i << 32) | 0x25, IommuMachine.Data));
            Assert.Equal((i + 1) * 16 % 4096, _machine.Get(IommuMachine.QueueHead));
            Assert.Equal(i, BinaryPrimitives.ReadUInt32LittleEndian(_machine.Ram.AsSpan((int)IommuMachine.Data)));
        }
    }

    [Theory]
    [InlineData(0UL, 0UL)] // a type that there is not
    [InlineData(3UL, 0UL)] // device translations, which the unit has not
    [InlineData(1UL, 0UL)] // no granularity
    [InlineData(0x11UL, 1UL)] // reserved bits
    [InlineData(0x1_0000_0012UL, 0UL)]
    [InlineData(0x32UL, 19UL)] // more than a GiB
    [InlineData(0x24UL, 0UL)]
    [InlineData(0x85UL, 0UL)]
    [InlineData(0x25UL, 0x2_0001UL)]
    public void What_the_queue_cannot_do_stops_it_until_software_mends_it(ulong low, ulong high)
    {
        _machine.EnableFaultEvent();
        _machine.EnableQueue();
        _machine.Submit(s_everything, (low, high), (0x0000_0001_0000_0025UL, IommuMachine.Data));
        Assert.Equal(QueueError, _machine.Get(IommuMachine.FaultStatus));
        Assert.Equal(16U, _machine.Get(IommuMachine.QueueHead));
        Assert.Equal([(0xFEE0_1000UL, IommuMachine.EventData)], _machine.Domain.Sent);
        Assert.Equal(0, _machine.Ram[IommuMachine.Data]);
        _machine.WriteRam(IommuMachine.Queue + 16, s_everything.Low);
        _machine.WriteRam(IommuMachine.Queue + 24, s_everything.High);
        _machine.Set(IommuMachine.FaultStatus, QueueError);
        Assert.Equal(0U, _machine.Get(IommuMachine.FaultStatus));
        Assert.Equal(48U, _machine.Get(IommuMachine.QueueHead));
        Assert.Equal(1, _machine.Ram[IommuMachine.Data]);
    }

    [Fact]
    public void A_tail_beyond_the_queue_or_a_queue_without_memory_is_an_error()
    {
        _machine.EnableQueue();
        _machine.SetWide(IommuMachine.QueueTail, 0x1000);
        Assert.Equal(QueueError, _machine.Get(IommuMachine.FaultStatus));
        Assert.Equal(0U, _machine.Get(IommuMachine.QueueHead));

        IommuMachine other = new();
        other.EnableQueue();
        other.SetWide(0x90, 0x8000_0000);
        other.SetWide(IommuMachine.QueueTail, 16);
        Assert.Equal(QueueError, other.Get(IommuMachine.FaultStatus));
    }

    [Fact]
    public void Switching_the_queue_off_puts_its_head_back()
    {
        _machine.EnableQueue();
        _machine.Submit(s_everything);
        _machine.Set(IommuMachine.GlobalCommand, _machine.Get(IommuMachine.GlobalStatus) & ~IommuMachine.QueuedInvalidation);
        Assert.Equal(0U, _machine.Get(IommuMachine.QueueHead));
        Assert.Equal(0U, _machine.Get(IommuMachine.GlobalStatus));
    }

    // A page that was read, and then leads elsewhere.
    private void MoveThePage()
    {
        _machine.Ram[IommuMachine.Data] = 1;
        _machine.Ram[IommuMachine.Data + 0x1000] = 2;
        _machine.EnableTranslation();
        _machine.Map(0x5000, IommuMachine.Data);
        Assert.Equal(1, ReadPage());
        _machine.Map(0x5000, IommuMachine.Data + 0x1000);
    }

    private byte ReadPage()
    {
        byte[] read = new byte[1];
        Assert.True(_machine.Memory.TryRead(0x5000, read));
        return read[0];
    }
}
