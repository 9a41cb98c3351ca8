using Dominion.Memory;

namespace Dominion.Devices.Pc.Tests.Iommu;

/// <summary>Root, context and second-level tables (Intel VT-d, 3.4, 3.7 and 9), and what a request gets that they do not let through (7.1, appendix A).</summary>
public class DmaRemappingTests
{
    private const ulong Context48 = 2;
    private readonly IommuMachine _machine = new();

    [Fact]
    public void Without_translation_addresses_are_physical()
    {
        Assert.True(_machine.Memory.TryWrite(IommuMachine.Data, [1, 2, 3]));
        Assert.Equal([1, 2, 3], _machine.Ram[(int)IommuMachine.Data..][..3]);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(4, 2)]
    public void Tables_of_three_and_four_levels_translate(int levels, ulong width)
    {
        _machine.EnableTranslation(contextHigh: width);
        _machine.Map(0x5000, IommuMachine.Data, levels: levels);
        Assert.True(_machine.Memory.TryWrite(0x5010, [7]));
        Assert.Equal(7, _machine.Ram[IommuMachine.Data + 0x10]);
        byte[] read = new byte[1];
        Assert.True(_machine.Memory.TryRead(0x5010, read));
        Assert.Equal(7, read[0]);
        Assert.Equal(0U, _machine.Get(IommuMachine.FaultStatus));
    }

    [Fact]
    public void A_transfer_over_pages_goes_to_each_pages_place()
    {
        _machine.EnableTranslation();
        _machine.Map(0x5000, IommuMachine.Data + 0x3000);
        _machine.Map(0x6000, IommuMachine.Data);
        byte[] bytes = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
        Assert.True(_machine.Memory.TryWrite(0x5FF8, bytes));
        Assert.Equal(bytes[..8], _machine.Ram[(int)(IommuMachine.Data + 0x3FF8)..][..8]);
        Assert.Equal(bytes[8..], _machine.Ram[(int)IommuMachine.Data..][..8]);
        byte[] read = new byte[16];
        Assert.True(_machine.Memory.TryRead(0x5FF8, read));
        Assert.Equal(bytes, read);
    }

    [Fact]
    public void A_write_whose_second_page_is_not_there_writes_nothing()
    {
        _machine.EnableTranslation();
        _machine.Map(0x5000, IommuMachine.Data);
        Assert.False(_machine.Memory.TryWrite(0x5FFC, [1, 2, 3, 4, 5]));
        Assert.Equal(0, _machine.Ram[IommuMachine.Data + 0xFFC]);
        Assert.Equal((5, IommuMachine.Function, 0x6000UL, false), _machine.Fault());
    }

    [Theory]
    [InlineData(1, 0x4000_0000UL)]
    [InlineData(2, 0x0020_0000UL)]
    public void A_large_page_translates_all_its_addresses(int table, ulong size)
    {
        _machine.EnableTranslation();
        ulong address = 3 * size;
        ulong first = IommuMachine.PageTables + ((address >> 30) * 8);
        if (table == 1)
        {
            _machine.WriteRam(first, 0x83);
        }
        else
        {
            _machine.WriteRam(first, (IommuMachine.PageTables + 0x1000) | 3);
            _machine.WriteRam(IommuMachine.PageTables + 0x1000 + (((address >> 21) & 511) * 8), 0x83);
        }

        Assert.True(_machine.Memory.TryWrite(address + IommuMachine.Data + 5, [9]));
        Assert.Equal(9, _machine.Ram[IommuMachine.Data + 5]);
    }

    [Fact]
    public void Pass_through_leaves_addresses_as_they_are()
    {
        _machine.EnableTranslation(contextLow: (2 << 2) | 1, contextHigh: Context48);
        Assert.True(_machine.Memory.TryWrite(IommuMachine.Data, [4]));
        Assert.Equal(4, _machine.Ram[IommuMachine.Data]);
    }

    [Theory]
    [InlineData(1UL, false, 5)]
    [InlineData(2UL, true, 6)]
    [InlineData(0UL, true, 6)]
    [InlineData(0UL, false, 5)]
    public void A_missing_right_is_a_fault(ulong rights, bool isRead, int reason)
    {
        _machine.EnableTranslation();
        _machine.Map(0x5000, IommuMachine.Data, rights);
        Assert.False(isRead ? _machine.Memory.TryRead(0x5123, new byte[4]) : _machine.Memory.TryWrite(0x5123, new byte[4]));
        Assert.Equal((reason, IommuMachine.Function, 0x5000UL, isRead), _machine.Fault());
        if (rights != 0)
            Assert.True(isRead ? _machine.Memory.TryWrite(0x5123, new byte[4]) : _machine.Memory.TryRead(0x5123, new byte[4]));
    }

    [Fact]
    public void A_right_must_be_given_at_every_level()
    {
        _machine.EnableTranslation();
        _machine.Map(0x5000, IommuMachine.Data);
        _machine.WriteRam(IommuMachine.PageTables, (IommuMachine.PageTables + 0x1000) | 1);
        Assert.True(_machine.Memory.TryRead(0x5000, new byte[4]));
        Assert.False(_machine.Memory.TryWrite(0x5000, new byte[4]));
        Assert.Equal(5, _machine.Fault().Reason);
    }

    [Theory]
    [InlineData(0x1000UL, 0UL, 0x01)] // no root entry
    [InlineData(0x1000UL, 0x2005UL, 0x0A)] // reserved bits of one
    [InlineData(0x1008UL, 1UL, 0x0A)]
    [InlineData(0x1000UL, 0xFF_F000_0001UL, 0x09)] // its context table is no memory
    [InlineData(0x2100UL, 0UL, 0x02)] // no context entry
    [InlineData(0x2100UL, 0x3011UL, 0x0B)]
    [InlineData(0x2108UL, 0x81UL, 0x0B)]
    [InlineData(0x2108UL, 1UL << 24 | 1, 0x0B)]
    [InlineData(0x2108UL, 0UL, 0x03)] // a width that the unit does not have
    [InlineData(0x2108UL, 3UL, 0x03)]
    [InlineData(0x2100UL, 0x3005UL, 0x03)] // translated requests, which it does not have either
    [InlineData(0x2100UL, 0xFF_F000_0001UL, 0x07)] // tables that are no memory
    [InlineData(0x3000UL, 0x0000_0100_0000_4003UL, 0x0C)] // an address beyond the machine's
    [InlineData(0x4000UL, 0x1000UL | 0x83, 0x0C)] // a page of 2 MiB that is not aligned
    [InlineData(0x5028UL, 0xFEE0_0003UL, 0x0E)] // the range of messages
    public void A_table_that_breaks_the_rules_is_a_fault(ulong address, ulong value, int reason)
    {
        _machine.EnableTranslation();
        _machine.Map(0x5000, IommuMachine.Data);
        _machine.WriteRam(address, value);
        Assert.False(_machine.Memory.TryRead(0x5000, new byte[4]));
        Assert.Equal((reason, IommuMachine.Function, 0x5000UL, true), _machine.Fault());
    }

    [Theory]
    [InlineData(1UL, 1UL << 39)]
    [InlineData(2UL, 1UL << 48)]
    [InlineData(2UL, ulong.MaxValue)]
    public void An_address_beyond_the_tables_width_is_a_fault(ulong width, ulong address)
    {
        _machine.EnableTranslation(contextHigh: width);
        Assert.False(_machine.Memory.TryRead(address, new byte[1]));
        Assert.Equal((4, IommuMachine.Function, address & ~0xFFFUL, true), _machine.Fault());
    }

    [Fact]
    public void A_page_of_512_GiB_is_reserved()
    {
        _machine.EnableTranslation(contextHigh: Context48);
        _machine.WriteRam(IommuMachine.PageTables, 0x83);
        Assert.False(_machine.Memory.TryRead(0x5000, new byte[1]));
        Assert.Equal(0x0C, _machine.Fault().Reason);
    }

    [Theory]
    [InlineData(0x3003UL)]
    [InlineData(0x0002UL)]
    public void A_context_entry_can_silence_its_faults(ulong contextLow)
    {
        _machine.EnableTranslation(contextLow);
        Assert.False(_machine.Memory.TryRead(0x5000, new byte[4]));
        Assert.Equal(0U, _machine.Get(IommuMachine.FaultStatus));
    }

    [Fact]
    public void Each_requester_has_a_context_of_its_own()
    {
        _machine.EnableTranslation();
        _machine.Map(0x5000, IommuMachine.Data);
        IGuestMemory other = _machine.Unit.GetMemory(0x0018);
        Assert.False(other.TryRead(0x5000, new byte[1]));
        Assert.Equal((2, (ushort)0x0018, 0x5000UL, true), _machine.Fault());
        IGuestMemory otherBus = _machine.Unit.GetMemory(0x0110);
        Assert.False(otherBus.TryRead(0x5000, new byte[1]));
        Assert.Equal((1, (ushort)0x0110, 0x5000UL, true), _machine.Fault(1));
    }

    [Fact]
    public void A_root_table_counts_when_the_command_says_so()
    {
        _machine.EnableTranslation();
        _machine.Map(0x5000, IommuMachine.Data);
        _machine.SetWide(0x20, 0xF000);
        Assert.True(_machine.Memory.TryRead(0x5000, new byte[1]));
        _machine.Command(IommuMachine.RootPointer);
        Assert.False(_machine.Memory.TryRead(0x5000, new byte[1]));
        Assert.Equal(1, _machine.Fault().Reason);
    }

    [Fact]
    public void Four_bytes_to_the_range_of_messages_are_an_interrupt()
    {
        _machine.EnableTranslation();
        Assert.True(_machine.Memory.TryWrite(0xFEE0_2000, [0x41, 0, 0, 0]));
        Assert.Equal([(0xFEE0_2000UL, 0x41U)], _machine.Domain.Sent);
        Assert.False(_machine.Memory.TryWrite(0xFEE0_2000, [0x41, 0]));
        Assert.False(_machine.Memory.TryRead(0xFEE0_2000, new byte[4]));
        Assert.Single(_machine.Domain.Sent);
    }

    [Fact]
    public void Protected_memory_is_out_of_reach_without_tables()
    {
        _machine.Set(0x68, 0);
        _machine.Set(0x6C, 0xFFFF_FFFF);
        Assert.Equal(0xFFE0_0000U, _machine.Get(0x6C));
        _machine.Set(0x6C, 0);
        _machine.SetWide(0x70, 1UL << 32);
        _machine.SetWide(0x78, 1UL << 32);
        Assert.True(_machine.Memory.TryRead(IommuMachine.Data, new byte[1]));
        _machine.Set(0x64, 1U << 31);
        Assert.Equal(0x8000_0001U, _machine.Get(0x64));
        Assert.False(_machine.Memory.TryRead(IommuMachine.Data, new byte[1]));
        _machine.EnableTranslation(contextLow: (2 << 2) | 1, contextHigh: Context48);
        Assert.False(_machine.Memory.TryRead(IommuMachine.Data, new byte[1]));
        Assert.Equal(0U, _machine.Get(IommuMachine.FaultStatus));
        _machine.Set(0x64, 0);
        Assert.True(_machine.Memory.TryRead(IommuMachine.Data, new byte[1]));
    }
}
