using Dominion.Devices.Pc.Iommu;

namespace Dominion.Devices.Pc.Tests.Iommu;

/// <summary>Interrupt remapping (Intel VT-d, 5.1 and 9.10).</summary>
public class InterruptRemappingTests
{
    private const ulong Remappable = 0xFEE0_0010;
    private const ulong Subhandle = 8;
    private const ulong ForFunction = IommuMachine.Function | 1UL << 18;
    private readonly IommuMachine _machine = new();

    [Fact]
    public void Without_remapping_messages_pass()
    {
        Assert.True(_machine.Messages.Send(0xFEE0_1000, 0x30));
        Assert.Equal([(0xFEE0_1000UL, 0x30U)], _machine.Domain.Sent);
    }

    [Theory]
    [InlineData(0x0000_0300_0041_0001UL, 0xFEE0_3000UL, 0x4041U)] // fixed, edge, physical
    [InlineData(0x0000_0F00_0055_003DUL, 0xFEE0_F00CUL, 0xC155U)] // lowest priority, level, logical, redirected
    [InlineData(0x0000_0100_0000_0081UL, 0xFEE0_1000UL, 0x4400U)] // NMI
    public void An_entry_says_destination_mode_trigger_and_vector(ulong entry, ulong address, uint data)
    {
        _machine.EnableInterrupts();
        _machine.SetEntry(5, entry, ForFunction);
        Assert.True(_machine.Messages.Send(Remappable | (5 << 5), 0));
        Assert.Equal([(address, data)], _machine.Domain.Sent);
    }

    [Fact]
    public void In_extended_mode_destinations_have_32_bits()
    {
        _machine.EnableInterrupts(extended: true);
        _machine.SetEntry(5, 0x0001_0203_0041_0001, ForFunction);
        Assert.True(_machine.Messages.Send(Remappable | (5 << 5), 0));
        Assert.Equal([(0x0001_0200_FEE0_3000UL, 0x4041U)], _machine.Domain.Sent);
    }

    [Fact]
    public void Extended_mode_is_an_option()
    {
        Assert.Equal(1U << 4, _machine.Get(0x10) & (1 << 4));
        IommuMachine plain = new(new IntelIommuOptions { Eim = false });
        Assert.Equal(0U, plain.Get(0x10) & (1 << 4));
        plain.SetWide(0xB8, 0x8807);
        Assert.Equal(0x8007UL, plain.GetWide(0xB8));
    }

    [Fact]
    public void A_subhandle_counts_from_the_handle()
    {
        _machine.EnableInterrupts();
        _machine.SetEntry(7, 0x0041_0001, ForFunction);
        Assert.True(_machine.Messages.Send(Remappable | (5 << 5) | Subhandle, 2));
        Assert.False(_machine.Messages.Send(Remappable | (5 << 5), 2));
        Assert.Equal((0x22, IommuMachine.Function, 5UL << 48, false), _machine.Fault());
    }

    [Fact]
    public void The_handles_bit_15_is_the_addresss_bit_2()
    {
        _machine.EnableInterrupts();
        Assert.False(_machine.Messages.Send(Remappable | 4 | (5 << 5), 0));
        Assert.Equal((0x21, IommuMachine.Function, 0x8005UL << 48, false), _machine.Fault());
    }

    [Theory]
    [InlineData(0x0010, 0, true)]
    [InlineData(0x0011, 0, false)]
    [InlineData(0x0014, 0, false)]
    [InlineData(0x0014, 1, true)]
    [InlineData(0x0011, 1, false)]
    [InlineData(0x0016, 2, true)]
    [InlineData(0x0011, 2, false)]
    [InlineData(0x0017, 3, true)]
    [InlineData(0x0018, 3, false)]
    [InlineData(0x0110, 3, false)]
    public void The_qualifier_leaves_out_bits_of_the_function_number(int requester, ulong qualifier, bool passes)
    {
        _machine.EnableInterrupts();
        _machine.SetEntry(0, 0x0041_0001, IommuMachine.Function | (qualifier << 16) | (1 << 18));
        Assert.Equal(passes, _machine.Unit.GetMessages((ushort)requester).Send(Remappable, 0));
        if (!passes)
            Assert.Equal((0x26, (ushort)requester, 0UL, false), _machine.Fault());
    }

    [Theory]
    [InlineData(0x01FF, false)]
    [InlineData(0x0200, true)]
    [InlineData(0x04FF, true)]
    [InlineData(0x0500, false)]
    public void A_range_of_buses_can_be_the_source(int requester, bool passes)
    {
        _machine.EnableInterrupts();
        _machine.SetEntry(0, 0x0041_0001, 0x0204 | (2 << 18));
        Assert.Equal(passes, _machine.Unit.GetMessages((ushort)requester).Send(Remappable, 0));
    }

    [Theory]
    [InlineData(0x0041_1001UL, ForFunction)]
    [InlineData(0x0041_8001UL, ForFunction)]
    [InlineData(0x0141_0001UL, ForFunction)]
    [InlineData(0x0000_0001_0041_0001UL, ForFunction)]
    [InlineData(0x0041_0061UL, ForFunction)]
    [InlineData(0x0041_00C1UL, ForFunction)]
    [InlineData(0x0041_0001UL, 3UL << 18)]
    [InlineData(0x0041_0001UL, 1UL << 20)]
    public void Reserved_bits_and_modes_of_an_entry_are_a_fault(ulong low, ulong high)
    {
        _machine.EnableInterrupts();
        _machine.SetEntry(0, low, high);
        Assert.False(_machine.Messages.Send(Remappable, 0));
        Assert.Equal(0x24, _machine.Fault().Reason);
        Assert.Empty(_machine.Domain.Sent);
    }

    [Fact]
    public void Reserved_data_of_a_request_and_a_table_without_memory_are_faults()
    {
        _machine.EnableInterrupts();
        Assert.False(_machine.Messages.Send(Remappable | Subhandle, 0x1_0000));
        Assert.Equal(0x20, _machine.Fault().Reason);
        _machine.SetWide(0xB8, 0x8000_0007);
        _machine.Command(IommuMachine.InterruptPointer);
        Assert.False(_machine.Messages.Send(Remappable, 0));
        Assert.Equal(0x23, _machine.Fault(1).Reason);
    }

    [Theory]
    [InlineData(0x0002UL, 0UL)]
    [InlineData(0x0041_0003UL, 0x0018UL | 1UL << 18)]
    public void An_entry_can_silence_its_faults(ulong low, ulong high)
    {
        _machine.EnableInterrupts();
        _machine.SetEntry(0, low, high);
        Assert.False(_machine.Messages.Send(Remappable, 0));
        Assert.Equal(0U, _machine.Get(IommuMachine.FaultStatus));
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(false, true, true)]
    [InlineData(true, true, false)]
    public void Requests_of_the_compatibility_format_pass_where_the_status_says_so(bool extended, bool allowed, bool passes)
    {
        _machine.EnableInterrupts(extended);
        if (allowed)
            _machine.Command(IommuMachine.CompatibilityPass);
        Assert.Equal(passes, _machine.Messages.Send(0xFEE0_1000, 0x30));
        if (!passes)
            Assert.Equal(0x25, _machine.Fault().Reason);
    }

    [Fact]
    public void A_message_elsewhere_is_a_write_to_memory()
    {
        _machine.EnableTranslation();
        _machine.Map(0x5000, IommuMachine.Data);
        Assert.True(_machine.Messages.Send(0x5004, 0x1234_5678));
        Assert.Equal(0x1234_5678UL << 32, _machine.ReadRam(IommuMachine.Data));
        Assert.Empty(_machine.Domain.Sent);
    }

    [Fact]
    public void A_dword_by_DMA_to_the_range_of_messages_is_remapped()
    {
        _machine.EnableInterrupts();
        _machine.SetEntry(5, 0x0041_0001, ForFunction);
        Assert.True(_machine.Memory.TryWrite(Remappable | (5 << 5), new byte[4]));
        Assert.Equal([(0xFEE0_0000UL, 0x4041U)], _machine.Domain.Sent);
    }
}
