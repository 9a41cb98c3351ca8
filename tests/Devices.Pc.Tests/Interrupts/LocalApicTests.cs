namespace Dominion.Devices.Pc.Tests.Interrupts;

/// <summary>Registers, priorities and ends of interrupts (SDM volume 3A, chapter 11).</summary>
public sealed class LocalApicTests
{
    private readonly LocalApicFixture _machine = new();

    [Fact]
    public void After_power_on_the_bootstrap_processor_is_in_virtual_wire_mode()
    {
        LocalApicFixture fresh = new(1);
        fresh.Fabric.Reset();
        Assert.Equal(0x1FFU, fresh.Get(0xF0));
        Assert.Equal(0x700U, fresh.Get(0x350));
        Assert.Equal(0x400U, fresh.Get(0x360));
        Assert.Equal(0x0001_0000U, fresh.Get(0x320));
        Assert.Equal(0xFFFF_FFFFU, fresh.Get(0xE0));
        Assert.True(fresh.ReadMsr(0x1B, out ulong value));
        Assert.Equal(0xFEE0_0900UL, value);
    }

    [Fact]
    public void Version_has_six_LVT_entries_and_can_suppress_EOI_broadcasts() => Assert.Equal(0x0105_0014U, _machine.Get(0x30));

    [Fact]
    public void Each_vCPU_finds_its_own_registers_at_the_same_address()
    {
        Assert.Equal(0x0000_0000U, _machine.Get(0x20, 0));
        Assert.Equal(0x0100_0000U, _machine.Get(0x20, 1));
        Assert.Equal(uint.MaxValue, _machine.Get(0x20, -1));
    }

    [Fact]
    public void The_highest_vector_is_acknowledged_first_and_moves_to_in_service()
    {
        Assert.True(_machine.Send(0, 0x31));
        Assert.True(_machine.Send(0, 0x81));
        Assert.True(_machine.Cores[0].InterruptRequest);
        Assert.Equal(1U << 1, _machine.Get(0x200 + (8 >> 1 << 4)));
        Assert.Equal(0x81, _machine.Acknowledge());
        Assert.Equal(1U << 1, _machine.Get(0x100 + (4 << 4)));
        Assert.False(_machine.Cores[0].InterruptRequest);
        Assert.Equal(0x80U, _machine.Get(0xA0) & 0xF0);
        _machine.Set(0xB0, 0);
        Assert.Equal(0x31, _machine.Acknowledge());
        Assert.Equal(-1, _machine.Acknowledge());
    }

    [Fact]
    public void Same_priority_class_does_not_nest()
    {
        _machine.Send(0, 0x81);
        _machine.Acknowledge();
        _machine.Send(0, 0x8F);
        Assert.False(_machine.Cores[0].InterruptRequest);
        Assert.Equal(-1, _machine.Acknowledge());
        _machine.Send(0, 0x90);
        Assert.True(_machine.Cores[0].InterruptRequest);
    }

    [Fact]
    public void Task_priority_holds_interrupts_of_its_class_and_below()
    {
        _machine.Cores[0].LocalApic!.TaskPriority = 8;
        Assert.Equal(0x80U, _machine.Get(0x80));
        _machine.Send(0, 0x81);
        Assert.False(_machine.Cores[0].InterruptRequest);
        _machine.Set(0x80, 0x7F);
        Assert.True(_machine.Cores[0].InterruptRequest);
        Assert.Equal(7, _machine.Cores[0].LocalApic!.TaskPriority);
        Assert.Equal(0x7FU, _machine.Get(0xA0));
    }

    [Fact]
    public void Writing_CR8_clears_the_low_bits_of_the_task_priority()
    {
        _machine.Set(0x80, 0x35);
        _machine.Cores[0].LocalApic!.TaskPriority = 3;
        Assert.Equal(0x30U, _machine.Get(0x80));
    }

    [Fact]
    public void EOI_of_a_level_triggered_vector_is_broadcast_and_of_an_edge_is_not()
    {
        _machine.Send(0, 0x41, level: true);
        Assert.Equal(1U << 1, _machine.Get(0x180 + (2 << 4)));
        _machine.Acknowledge();
        _machine.Set(0xB0, 0);
        Assert.Equal([0x41], _machine.Ended);
        _machine.Send(0, 0x41);
        Assert.Equal(0U, _machine.Get(0x180 + (2 << 4)));
        _machine.Acknowledge();
        _machine.Set(0xB0, 0);
        Assert.Single(_machine.Ended);
    }

    [Fact]
    public void EOI_broadcasts_can_be_suppressed()
    {
        _machine.Set(0xF0, 0x11FF);
        _machine.Send(0, 0x41, level: true);
        _machine.Acknowledge();
        _machine.Set(0xB0, 0);
        Assert.Empty(_machine.Ended);
    }

    [Fact]
    public void EOI_by_MSR_is_broadcast_with_the_write()
    {
        _machine.SwitchToX2(0);
        _machine.Send(0, 0x41, level: true);
        _machine.Acknowledge();
        Assert.True(_machine.WriteMsr(0x80B, 0));
        Assert.Equal([0x41], _machine.Ended);
    }

    [Fact]
    public void A_software_disabled_APIC_takes_no_vectors_and_masks_its_LVT()
    {
        _machine.Set(0x320, 0x30);
        _machine.Set(0xF0, 0xFF);
        Assert.Equal(0x1_0030U, _machine.Get(0x320));
        _machine.Set(0x320, 0x30);
        Assert.Equal(0x1_0030U, _machine.Get(0x320));
        _machine.Send(0, 0x41);
        Assert.False(_machine.Cores[0].InterruptRequest);
        _machine.Send(0, 0, mode: 4);
        Assert.Equal(1, _machine.Cores[0].Nmis);
    }

    [Fact]
    public void Vectors_below_16_are_errors()
    {
        _machine.Set(0x370, 0x3F);
        _machine.Send(0, 5);
        Assert.Equal(0x3F, _machine.Acknowledge());
        Assert.Equal(0U, _machine.Get(0x280));
        _machine.Set(0x280, 0);
        Assert.Equal(0x40U, _machine.Get(0x280));
        _machine.Set(0x300, 0x0004_0005);
        _machine.Set(0x280, 0);
        Assert.Equal(0x20U, _machine.Get(0x280));
        _machine.Set(0x280, 0);
        Assert.Equal(0U, _machine.Get(0x280));
    }

    [Fact]
    public void Reserved_registers_are_errors()
    {
        Assert.Equal(0U, _machine.Get(0x40));
        _machine.Set(0x280, 0);
        Assert.Equal(0x80U, _machine.Get(0x280));
    }

    [Fact]
    public void ExtINT_comes_from_the_8259_through_LINT0()
    {
        FakePic pic = new();
        _machine.Fabric.ExternalController = pic;
        _machine.Set(0x350, 0x700);
        _machine.Fabric.SetLocalInput(0, true);
        Assert.True(_machine.Cores[0].InterruptRequest);
        Assert.False(_machine.Cores[1].InterruptRequest);
        Assert.Equal(0x23, _machine.Acknowledge());
        _machine.Fabric.SetLocalInput(0, false);
        Assert.False(_machine.Cores[0].InterruptRequest);
        Assert.Equal(-1, _machine.Acknowledge());
        Assert.Equal(1, pic.Cycles);
    }

    [Fact]
    public void A_globally_disabled_APIC_passes_LINT0_and_LINT1_through()
    {
        FakePic pic = new();
        _machine.Fabric.ExternalController = pic;
        Assert.True(_machine.WriteMsr(0x1B, 0xFEE0_0100));
        Assert.Equal(uint.MaxValue, _machine.Get(0x30));
        _machine.Fabric.SetLocalInput(0, true);
        Assert.True(_machine.Cores[0].InterruptRequest);
        Assert.Equal(0x23, _machine.Acknowledge());
        _machine.Fabric.SetLocalInput(1, true);
        Assert.Equal(1, _machine.Cores[0].Nmis);
        Assert.False(_machine.Send(0, 0x41) && _machine.Get(0x200) != uint.MaxValue);
    }

    [Fact]
    public void Switched_off_and_on_the_APIC_has_its_initial_id_again()
    {
        _machine.Set(0x20, 0x0700_0000);
        Assert.Equal(0x0700_0000U, _machine.Get(0x20));
        Assert.True(_machine.WriteMsr(0x1B, 0xFEE0_0100));
        Assert.True(_machine.WriteMsr(0x1B, 0xFEE0_0900));
        Assert.Equal(0U, _machine.Get(0x20));
    }

    [Fact]
    public void LINT1_is_NMI_by_its_edge()
    {
        _machine.Set(0x360, 0x400);
        _machine.Fabric.SetLocalInput(1, true);
        _machine.Fabric.SetLocalInput(1, true);
        Assert.Equal(1, _machine.Cores[0].Nmis);
        Assert.Equal(0, _machine.Cores[1].Nmis);
    }

    [Fact]
    public void A_level_triggered_fixed_LINT0_waits_for_its_EOI()
    {
        _machine.Set(0x350, 0x8051);
        _machine.Fabric.SetLocalInput(0, true);
        Assert.Equal(0xC051U, _machine.Get(0x350));
        Assert.Equal(0x51, _machine.Acknowledge());
        _machine.Set(0xB0, 0);
        Assert.Equal(0x51, _machine.Acknowledge());
        _machine.Fabric.SetLocalInput(0, false);
        _machine.Set(0xB0, 0);
        Assert.Equal(0x8051U, _machine.Get(0x350));
        Assert.Equal(-1, _machine.Acknowledge());
    }

    [Fact]
    public void The_page_can_be_moved_for_one_processor()
    {
        Assert.True(_machine.WriteMsr(0x1B, 0xFED4_0900));
        Assert.Equal(uint.MaxValue, _machine.Get(0x30));
        Assert.Equal(0x0105_0014U, _machine.Domain.Load(0xFED4_0030));
        Assert.Equal(0x0105_0014U, _machine.Get(0x30, 1));
        Assert.Equal(uint.MaxValue, _machine.Domain.Load(0xFED4_0030, 1));
        Assert.True(_machine.WriteMsr(0x1B, 0xFEE0_0900));
        Assert.Equal(0x0105_0014U, _machine.Get(0x30));
        Assert.Equal(uint.MaxValue, _machine.Domain.Load(0xFED4_0030));
    }

    [Theory]
    [InlineData(0xFEE0_0D01UL)]
    [InlineData(0xFEE0_0400UL)]
    [InlineData(0x1_00FE_E000_0900UL)]
    public void Wrong_values_of_IA32_APIC_BASE_are_refused(ulong value) => Assert.False(_machine.WriteMsr(0x1B, value));

    [Fact]
    public void X2APIC_mode_is_left_only_by_switching_off()
    {
        _machine.SwitchToX2(0);
        Assert.Equal(uint.MaxValue, _machine.Get(0x30));
        Assert.False(_machine.WriteMsr(0x1B, 0xFEE0_0900));
        Assert.True(_machine.WriteMsr(0x1B, 0xFEE0_0100));
        Assert.False(_machine.WriteMsr(0x1B, 0xFEE0_0D00));
        Assert.True(_machine.WriteMsr(0x1B, 0xFEE0_0900));
        Assert.Equal(0xFFU, _machine.Get(0xF0));
    }

    [Fact]
    public void Save_and_restore_keep_interrupts_and_the_timer()
    {
        _machine.Set(0x3E0, 0xB);
        _machine.Set(0x320, 0x2_0035);
        _machine.Set(0x380, 1000);
        _machine.Domain.Time.Advance(400);
        _machine.Send(0, 0x81);
        byte[] state = TestDomain.Save(_machine.Fabric);
        LocalApicFixture copy = new();
        TestDomain.Restore(copy.Fabric, state);
        Assert.Equal(state, TestDomain.Save(copy.Fabric));
        Assert.True(copy.Cores[0].InterruptRequest);
        Assert.Equal(600U, copy.Get(0x390));
        copy.Domain.Time.Advance(600);
        Assert.Equal(0x81, copy.Acknowledge());
        copy.Set(0xB0, 0);
        Assert.Equal(0x35, copy.Acknowledge());
    }

    [Fact]
    public void State_of_another_number_of_processors_is_refused()
    {
        byte[] state = TestDomain.Save(_machine.Fabric);
        Assert.Throws<InvalidDataException>(() => TestDomain.Restore(new LocalApicFixture(3).Fabric, state));
    }

    private sealed class FakePic : IVectoredInterruptController
    {
        public int Cycles { get; private set; }

        public int InputCount => 16;

        public Action<bool>? RequestChanged { get; set; }

        public int Acknowledge()
        {
            Cycles++;
            return 0x23;
        }

        public void SetInput(int input, bool asserted) => throw new InvalidOperationException("not driven here");
    }
}
