using Dominion.Devices.Pc.Pci;

namespace Dominion.Devices.Pc.Mainboard;

/// <summary>The board's wires: global system interrupts 0 to 23 go to the I/O APIC, 0 to 15 to the 8259s as well. PCI's four drive an ISA interrupt too, as a PIIX's PIRQ inputs do. ISA IRQ 0 is the I/O APIC's input 2, which the 8259s use for their cascade. Called under the domain's device lock.</summary>
internal sealed class InterruptRouter
{
    private const int TimerIrq = 0;
    private const int TimerInput = 2;
    private readonly int[] _asserted = new int[PcLayout.InterruptCount];
    private readonly bool[] _levels = new bool[PcLayout.InterruptCount];
    private readonly List<Wire> _replaced = [];
    private bool _replacing;

    /// <summary>The 8259s, or null.</summary>
    public IInterruptController? Legacy { get; set; }

    /// <summary>The I/O APIC, or null.</summary>
    public IInterruptController? Advanced { get; set; }

    /// <summary>Takes a wire.</summary>
    /// <param name="number">The global system interrupt.</param>
    /// <param name="isReplaceable">Whether the HPET's legacy replacement disconnects it.</param>
    /// <returns>The wire, or one that leads nowhere when there is no such interrupt.</returns>
    public IInterruptLine Take(int number, bool isReplaceable)
    {
        var wire = new Wire(this, number);
        if (isReplaceable)
            _replaced.Add(wire);
        return wire;
    }

    /// <summary>Disconnects the replaceable wires, or connects them again.</summary>
    /// <param name="active">Whether the replacement is on.</param>
    public void Replace(bool active)
    {
        if (active == _replacing)
            return;
        _replacing = active;
        foreach (Wire wire in _replaced)
            wire.Connect(!active);
    }

    /// <summary>Drives every input anew, after the controllers were reset or restored.</summary>
    public void Refresh()
    {
        for (int number = 0; number < _levels.Length; number++)
            Drive(number);
    }

    private void Change(int number, int difference)
    {
        if ((uint)number >= (uint)_asserted.Length)
            return;
        if (number is >= PciLayout.FirstPinInterrupt and < PciLayout.FirstPinInterrupt + PciLayout.PinInterruptCount)
            Change(PciLayout.GetLegacyInterrupt(number), difference);
        _asserted[number] += difference;
        bool level = _asserted[number] > 0;
        if (level == _levels[number])
            return;
        _levels[number] = level;
        Drive(number);
    }

    private void Drive(int number)
    {
        if (number != TimerInput)
        {
            if (Legacy is { } legacy && number < legacy.InputCount && number < 16)
                legacy.SetInput(number, _levels[number]);
            int input = number == TimerIrq ? TimerInput : number;
            if (Advanced is { } advanced && input < advanced.InputCount)
                advanced.SetInput(input, _levels[number]);
        }
    }

    private sealed class Wire(InterruptRouter router, int number) : IInterruptLine
    {
        private bool _asserted;
        private bool _connected = true;

        public void Set(bool asserted)
        {
            if (asserted == _asserted)
                return;
            _asserted = asserted;
            if (_connected)
                router.Change(number, asserted ? 1 : -1);
        }

        public void Connect(bool connected)
        {
            _connected = connected;
            if (_asserted)
                router.Change(number, connected ? 1 : -1);
        }
    }
}
