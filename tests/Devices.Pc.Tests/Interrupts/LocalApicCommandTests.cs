namespace Dominion.Devices.Pc.Tests.Interrupts;

/// <summary>The interrupt command register and destinations (SDM volume 3A, 11.6, 11.11 and 11.12).</summary>
public sealed class LocalApicCommandTests
{
    private readonly LocalApicFixture _machine = new(4);

    [Fact]
    public void A_physical_destination_is_one_processor()
    {
        Command(0x0000_0041, 2);
        Assert.Equal([2], Requested());
        Assert.Equal(0x41, _machine.Acknowledge(2));
        Assert.Equal(0x0200_0000U, _machine.Get(0x310));
        Assert.Equal(0x41U, _machine.Get(0x300));
    }

    [Fact]
    public void Physical_destination_0xFF_is_everybody()
    {
        Command(0x0000_0041, 0xFF);
        Assert.Equal([0, 1, 2, 3], Requested());
    }

    [Theory]
    [InlineData(0x0004_0041U, new[] { 0 })]
    [InlineData(0x0008_0041U, new[] { 0, 1, 2, 3 })]
    [InlineData(0x000C_0041U, new[] { 1, 2, 3 })]
    public void Shorthands_name_self_all_and_all_but_self(uint command, int[] expected)
    {
        Command(command, 3);
        Assert.Equal(expected, Requested());
    }

    [Fact]
    public void Flat_logical_destinations_are_bit_masks()
    {
        for (int i = 0; i < 4; i++)
            _machine.Set(0xD0, 1U << (24 + i), i);
        Command(0x0000_0841, 0b0110);
        Assert.Equal([1, 2], Requested());
    }

    [Fact]
    public void Cluster_logical_destinations_are_a_cluster_and_a_mask()
    {
        for (int i = 0; i < 4; i++)
        {
            _machine.Set(0xE0, 0x0FFF_FFFF, i);
            _machine.Set(0xD0, (uint)(((i / 2) << 4) | (1 << (i % 2))) << 24, i);
        }

        Command(0x0000_0841, 0x13);
        Assert.Equal([2, 3], Requested());
        Command(0x0000_0841, 0xF1);
        Assert.Equal([0, 2, 3], Requested());
    }

    [Fact]
    public void Lowest_priority_goes_to_one_processor_with_the_lowest_task_priority()
    {
        for (int i = 0; i < 4; i++)
        {
            _machine.Set(0xD0, 1U << (24 + i), i);
            _machine.Set(0x80, i == 2 ? 0x10U : 0x20, i);
        }

        Command(0x0000_0941, 0x0F);
        Assert.Equal([2], Requested());
    }

    [Fact]
    public void Lowest_priority_among_equals_goes_round()
    {
        for (int i = 0; i < 4; i++)
            _machine.Set(0xD0, 1U << (24 + i), i);
        HashSet<int> seen = [];
        for (int i = 0; i < 4; i++)
        {
            Command(0x0000_0941, 0x0F);
            int target = Assert.Single(Requested());
            seen.Add(target);
            _machine.Acknowledge(target);
            _machine.Set(0xB0, 0, target);
        }

        Assert.Equal(4, seen.Count);
    }

    [Fact]
    public void NMI_INIT_and_startup_reach_the_core()
    {
        Command(0x0000_0400, 1);
        Command(0x0000_C500, 1);
        Command(0x0000_8500, 1);
        Command(0x0000_069A, 1);
        Assert.Equal(1, _machine.Cores[1].Nmis);
        Assert.Equal(1, _machine.Cores[1].Inits);
        Assert.Equal([0x9A], _machine.Cores[1].Startups);
    }

    [Fact]
    public void INIT_resets_the_registers_but_not_id_and_base()
    {
        _machine.Set(0x20, 0x0900_0000, 1);
        _machine.Set(0x80, 0x40, 1);
        _machine.Set(0x380, 100_000, 1);
        _machine.Send(9, 0x81);
        Command(0x0000_C500, 9);
        Assert.Equal(0x0900_0000U, _machine.Get(0x20, 1));
        Assert.Equal(0U, _machine.Get(0x80, 1));
        Assert.Equal(0xFFU, _machine.Get(0xF0, 1));
        Assert.Equal(0U, _machine.Get(0x390, 1));
        Assert.False(_machine.Cores[1].InterruptRequest);
    }

    [Fact]
    public void X2APIC_ids_and_logical_ids_are_32_bits_wide()
    {
        LocalApicFixture big = new(20);
        for (int i = 0; i < 20; i++)
            big.SwitchToX2(i);
        Assert.True(big.ReadMsr(0x802, out ulong id, 19));
        Assert.True(big.ReadMsr(0x80D, out ulong logical, 19));
        Assert.Equal(19UL, id);
        Assert.Equal(0x0001_0008UL, logical);
        Assert.True(big.WriteMsr(0x830, 0x0001_0008_0000_0841));
        Assert.Equal(0x41, big.Acknowledge(19));
        Assert.True(big.WriteMsr(0x830, 17UL << 32 | 0x42));
        Assert.Equal(0x42, big.Acknowledge(17));
        Assert.True(big.WriteMsr(0x830, 0xFFFF_FFFF_0000_0053));
        Assert.All(big.Cores, core => Assert.True(core.InterruptRequest));
        Assert.True(big.ReadMsr(0x830, out ulong command));
        Assert.Equal(0xFFFF_FFFF_0000_0053, command);
    }

    [Fact]
    public void Self_IPI_raises_its_vector()
    {
        _machine.SwitchToX2(1);
        Assert.True(_machine.WriteMsr(0x83F, 0x77, 1));
        Assert.Equal(0x77, _machine.Acknowledge(1));
    }

    [Theory]
    [InlineData(0x80BU, 1UL)]
    [InlineData(0x802U, 0UL)]
    [InlineData(0x803U, 0UL)]
    [InlineData(0x80DU, 1UL)]
    [InlineData(0x80EU, 0UL)]
    [InlineData(0x831U, 0UL)]
    [InlineData(0x808U, 0x100UL)]
    [InlineData(0x80FU, 0x200UL)]
    [InlineData(0x828U, 1UL)]
    [InlineData(0x832U, 0x8_0000UL)]
    [InlineData(0x838U, 0x1_0000_0000UL)]
    [InlineData(0x839U, 0UL)]
    [InlineData(0x83EU, 4UL)]
    [InlineData(0x830U, 0x10_0000UL)]
    [InlineData(0x82FU, 0UL)]
    [InlineData(0x8FFU, 0UL)]
    public void X2APIC_refuses_reserved_bits_and_read_only_registers(uint index, ulong value)
    {
        _machine.SwitchToX2(0);
        Assert.False(_machine.WriteMsr(index, value));
    }

    [Theory]
    [InlineData(0x809U)]
    [InlineData(0x80BU)]
    [InlineData(0x80EU)]
    [InlineData(0x831U)]
    [InlineData(0x83FU)]
    [InlineData(0x800U)]
    [InlineData(0x8FFU)]
    public void X2APIC_refuses_reads_of_what_is_not_there(uint index)
    {
        _machine.SwitchToX2(0);
        Assert.False(_machine.ReadMsr(index, out _));
    }

    [Fact]
    public void X2APIC_registers_need_x2APIC_mode()
    {
        Assert.False(_machine.ReadMsr(0x802, out _));
        Assert.False(_machine.WriteMsr(0x808, 0));
    }

    [Fact]
    public void The_upper_address_of_a_message_is_the_rest_of_its_destination()
    {
        Assert.False(_machine.Fabric.Send(0x0000_0100_FEE0_1000, 0x41));
        Assert.True(_machine.Fabric.Send(0xFEE0_1000, 0x41));
    }

    [Fact]
    public void A_message_for_nobody_is_not_taken() => Assert.False(_machine.Send(9, 0x41));

    [Fact]
    public void A_redirection_hint_picks_one_processor()
    {
        for (int i = 0; i < 4; i++)
            _machine.Set(0xD0, 1U << (24 + i), i);
        Assert.True(_machine.Fabric.Send(0xFEE0_F00C, 0x0041));
        Assert.Single(Requested());
    }

    [Fact]
    public void An_ExtINT_message_fetches_its_vector_from_the_8259()
    {
        Moq.Mock<IVectoredInterruptController> pic = new();
        pic.Setup(p => p.Acknowledge()).Returns(0x28);
        _machine.Fabric.ExternalController = pic.Object;
        _machine.Send(1, 0, mode: 7);
        Assert.Equal([1], Requested());
        Assert.Equal(0x28, _machine.Acknowledge(1));
        Assert.Empty(Requested());
    }

    private void Command(uint low, uint destination)
    {
        _machine.Set(0x310, destination << 24);
        _machine.Set(0x300, low);
    }

    private int[] Requested() => [.. _machine.Cores.Where(core => core.InterruptRequest).Select(core => core.Index)];
}
