using Dominion.Devices.Pc.Mainboard;
using Dominion.Devices.Pc.Serial;
using Dominion.Diagnostics;

namespace Dominion.Devices.Pc.Tests.Mainboard;

public sealed class PcBoardTests
{
    [Fact]
    public void Slots_name_their_default_devices_in_order()
    {
        IReadOnlyList<BoardSlot> slots = new PcBoardFactory().GetSlots(new PcBoardOptions());
        Assert.Equal("lapic", slots[0].Name);
        Assert.Equal("fw-cfg", slots[^1].Name);
        Assert.Null(slots[^1].Device);
        BoardSlot com1 = slots.Single(slot => slot.Name == "com1");
        Assert.Equal("ns16550", com1.Device);
        Assert.Equal(0x3F8, com1.Defaults["port"]);
        Assert.Equal(4, com1.Defaults["irq"]);
        Assert.Null(slots.Single(slot => slot.Name == "debug-exit").Device);
    }

    [Fact]
    public void The_memory_map_is_ascending_without_overlaps()
    {
        using TestPc pc = new(6UL << 30);
        ulong end = 0;
        foreach (MemoryMapEntry entry in pc.Board.MemoryMap)
        {
            Assert.True(entry.Start >= end, $"{entry} overlaps");
            Assert.NotEqual(0UL, entry.Length);
            end = entry.Start + entry.Length;
        }

        MemoryMapEntry[] usable = [.. pc.Board.MemoryMap.Where(entry => entry.Type == MemoryMapType.Usable)];
        Assert.Equal(new MemoryMapEntry(0, 0x9FC00, MemoryMapType.Usable), usable[0]);
        Assert.Equal(0x10_0000UL, usable[1].Start);
        Assert.InRange(usable[1].Start + usable[1].Length, 0xBFF0_0000UL, 0xC000_0000UL);
        Assert.Equal(new MemoryMapEntry(0x1_0000_0000, 3UL << 30, MemoryMapType.Usable), usable[2]);
    }

    [Fact]
    public void Every_usable_byte_is_RAM_and_the_video_hole_is_not()
    {
        using TestPc pc = new();
        foreach (MemoryMapEntry entry in pc.Board.MemoryMap.Where(entry => entry.Start < 0xC000_0000))
        {
            Assert.True(pc.Frames.TryRead(entry.Start, new byte[1]));
            Assert.True(pc.Frames.TryRead(entry.Start + entry.Length - 1, new byte[1]));
        }

        Assert.False(pc.Frames.TryRead(0xA_0000, new byte[1]));
        Assert.False(pc.Frames.TryRead(0xB_FFFF, new byte[1]));
        Assert.True(pc.Frames.TryRead(0xC_0000, new byte[1]));
        Assert.False(pc.Frames.TryRead(64UL << 20, new byte[1]));
    }

    [Fact]
    public void Disposing_gives_all_frames_back()
    {
        TestPc pc = new(5UL << 30);
        Assert.Equal(5UL << 18, pc.Frames.Owned);
        pc.Dispose();
        Assert.Equal(0UL, pc.Frames.Owned);
    }

    [Fact]
    public void Too_little_and_too_much_memory_are_refused_with_a_diagnostic()
    {
        Assert.Equal("DOM3203", Assert.Throws<DiagnosticException>(() => new TestPc(1 << 20)).Diagnostic.Id);
        Assert.Equal("DOM3204", Assert.Throws<DiagnosticException>(() => new TestPc(1UL << 40)).Diagnostic.Id);
    }

    [Fact]
    public void A_board_without_local_APICs_is_refused() =>
        Assert.Equal("DOM3206", Assert.Throws<DiagnosticException>(() => new TestPc(empty: ["lapic"])).Diagnostic.Id);

    [Theory]
    [InlineData("pic")]
    [InlineData("ioapic")]
    [InlineData("pit")]
    [InlineData("rtc")]
    [InlineData("hpet")]
    [InlineData("acpi-pm")]
    [InlineData("i8042")]
    [InlineData("port92")]
    [InlineData("com1")]
    [InlineData("pci")]
    public void Every_other_slot_can_be_empty(string slot)
    {
        using TestPc pc = new(empty: [slot]);
        Assert.NotEmpty(AcpiReader.TablesOf(pc));
    }

    [Fact]
    public void The_8254_interrupts_through_the_8259_in_virtual_wire_mode()
    {
        using TestPc pc = new();
        pc.InitializePic();
        pc.Out(0x43, 0x34);
        pc.Out(0x40, 0xE8);
        pc.Out(0x40, 0x03);
        pc.Out(0x21, 0xFE);
        pc.Time.Advance(1_000_000);
        Assert.True(pc.Cores[0].InterruptRequest);
        Assert.False(pc.Cores[1].InterruptRequest);
        Assert.Equal(0x20, pc.Cores[0].LocalApic!.Acknowledge());
        Assert.False(pc.Cores[0].InterruptRequest);
    }

    [Fact]
    public void ISA_interrupt_0_is_input_2_of_the_IO_APIC_and_the_others_are_themselves()
    {
        using TestPc pc = new();
        pc.RouteInterrupt(2, 0x32, 1);
        pc.RouteInterrupt(4, 0x34, 1);
        pc.Store(0xFEE0_00F0, 0x1FF, 1);
        pc.Out(0x43, 0x34);
        pc.Out(0x40, 0xE8);
        pc.Out(0x40, 0x03);
        pc.Time.Advance(1_000_000);
        Assert.Equal(0x32, pc.Cores[1].LocalApic!.Acknowledge());
        pc.Store(0xFEE0_00B0, 0, 1);
        pc.Out(0x43, 0x30);
        pc.Out(0x3FC, 0x08);
        pc.Out(0x3F9, 0x02);
        Assert.Equal(0x34, pc.Cores[1].LocalApic!.Acknowledge());
    }

    [Fact]
    public void The_HPETs_legacy_replacement_disconnects_the_8254()
    {
        using TestPc pc = new();
        pc.InitializePic();
        pc.Out(0x21, 0xFE);
        pc.Store(0xFED0_0010, 3);
        pc.Out(0x43, 0x34);
        pc.Out(0x40, 0xE8);
        pc.Out(0x40, 0x03);
        pc.Time.Advance(100_000_000);
        Assert.False(pc.Cores[0].InterruptRequest);
        pc.Store(0xFED0_0100, 4);
        pc.Store(0xFED0_0108, 20_000_000);
        pc.Store(0xFED0_010C, 0);
        pc.Time.Advance(100_000_000);
        Assert.Equal(0x20, pc.Cores[0].LocalApic!.Acknowledge());
    }

    [Fact]
    public void The_end_of_a_level_interrupt_reaches_the_IO_APIC()
    {
        using TestPc pc = new();
        pc.RouteInterrupt(9, 0x8039, 0);
        ((IPowerButton)pc.Board).PressPowerButton();
        pc.PortSpace.Write(0x602, Buses.AccessWidth.Word, 0x100, 0);
        Assert.Equal(0x39, pc.Cores[0].LocalApic!.Acknowledge());
        Assert.Equal(-1, pc.Cores[0].LocalApic!.Acknowledge());
        pc.Store(0xFEE0_00B0, 0);
        Assert.Equal(0x39, pc.Cores[0].LocalApic!.Acknowledge());
        pc.PortSpace.Write(0x600, Buses.AccessWidth.Word, 0x100, 0);
        pc.Store(0xFEE0_00B0, 0);
        Assert.Equal(-1, pc.Cores[0].LocalApic!.Acknowledge());
    }

    [Fact]
    public void Power_off_and_reset_reach_the_domain_with_the_devices_name()
    {
        using TestPc pc = new();
        pc.PortSpace.Write(0x604, Buses.AccessWidth.Word, 0x3400, 0);
        pc.Out(0xCF9, 0x06);
        pc.Out(0x64, 0xFE);
        Assert.Equal(["off by acpi-pm", "reset by pci", "reset by i8042"], pc.Controlled);
    }

    [Fact]
    public void Firmware_leaves_the_memory_size_in_CMOS_and_the_BIOS_data_area()
    {
        using TestPc pc = new(6UL << 30);
        Assert.Equal(639, Cmos(pc, 0x15) | (Cmos(pc, 0x16) << 8));
        Assert.Equal((3 << 14) - 256, Cmos(pc, 0x34) | (Cmos(pc, 0x35) << 8));
        Assert.Equal((3UL << 30) >> 16, (ulong)(Cmos(pc, 0x5B) | (Cmos(pc, 0x5C) << 8) | (Cmos(pc, 0x5D) << 16)));
        Assert.Equal([0xC0, 0x9F], pc.Frames.Bytes(0x40E, 2));
        Assert.Equal([0x7F, 0x02], pc.Frames.Bytes(0x413, 2));
    }

    [Fact]
    public void An_interrupt_that_the_board_does_not_have_is_refused()
    {
        TestBinding wrong = new("com2", "ns16550", new Ns16550Factory(), new Ns16550Options { Port = 0x2F8, Irq = 24 });
        Assert.Equal("DOM3202", Assert.Throws<DiagnosticException>(() => new TestPc(extra: wrong)).Diagnostic.Id);
    }

    [Fact]
    public void Save_and_restore_give_the_same_state()
    {
        using TestPc pc = new();
        pc.InitializePic();
        pc.RouteInterrupt(9, 0x8039, 0);
        pc.Out(0x21, 0xFE);
        pc.Out(0x43, 0x34);
        pc.Out(0x40, 0xE8);
        pc.Out(0x40, 0x03);
        pc.Time.Advance(1_500_000);
        byte[] state = TestDomain.Save(pc.Board);
        using TestPc copy = new();
        copy.Time.Advance(1_500_000);
        TestDomain.Restore(copy.Board, state);
        Assert.Equal(state, TestDomain.Save(copy.Board));
        Assert.True(copy.Cores[0].InterruptRequest);
        Assert.Equal(0x20, copy.Cores[0].LocalApic!.Acknowledge());
    }

    [Fact]
    public void Damaged_state_is_refused_and_never_crashes()
    {
        using TestPc pc = new();
        byte[] state = TestDomain.Save(pc.Board);
        using TestPc copy = new();
        for (int cut = 0; cut < state.Length; cut += 97)
            Assert.Throws<InvalidDataException>(() => TestDomain.Restore(copy.Board, state[..cut]));
    }

    private static byte Cmos(TestPc pc, int index)
    {
        pc.Out(0x70, index);
        return pc.In(0x71);
    }
}
