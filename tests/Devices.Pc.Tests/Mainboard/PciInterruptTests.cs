using Dominion.Devices.Pc.Mainboard;

namespace Dominion.Devices.Pc.Tests.Mainboard;

/// <summary>PCI's interrupts for a guest that has only the 8259s (Intel 82371SB data sheet 290550, PIRQ inputs; PCI Local Bus 3.0, 2.2.6).</summary>
public sealed class PciInterruptTests
{
    [Theory]
    [InlineData(16, 11)]
    [InlineData(17, 10)]
    [InlineData(18, 10)]
    [InlineData(19, 11)]
    public void A_pin_reaches_an_ISA_interrupt_by_its_level(int pin, int irq)
    {
        using TestPc pc = new();
        pc.InitializePic();
        IInterruptLine wire = ((PcBoard)pc.Board).Interrupts.Take(pin, isReplaceable: false);
        int bit = 1 << (irq - 8);
        Assert.Equal(0x0C, pc.In(0x4D1));
        wire.Set(true);
        Assert.Equal(bit, pc.In(0xA0));
        wire.Set(false);
        Assert.Equal(0, pc.In(0xA0));
    }

    [Fact]
    public void A_shared_interrupt_stays_while_either_pin_asserts_it()
    {
        using TestPc pc = new();
        pc.InitializePic();
        InterruptRouter router = ((PcBoard)pc.Board).Interrupts;
        IInterruptLine first = router.Take(17, isReplaceable: false);
        IInterruptLine second = router.Take(18, isReplaceable: false);
        first.Set(true);
        second.Set(true);
        first.Set(false);
        Assert.Equal(1 << 2, pc.In(0xA0));
        second.Set(false);
        Assert.Equal(0, pc.In(0xA0));
    }
}
