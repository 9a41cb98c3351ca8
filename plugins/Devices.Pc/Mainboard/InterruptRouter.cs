using Dominion.Devices.Pc.Pci;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Mainboard;

/// <summary>The board's wires: global system interrupts 0 to 23 go to the I/O APIC, 0 to 15 to the 8259s as well. PCI's four drive an ISA interrupt too, as a PIIX's PIRQ inputs do. ISA IRQ 0 is the I/O APIC's input 2, which the 8259s use for their cascade. Called under the domain's device lock.</summary>
internal sealed class InterruptRouter : IPersistent
{
    private const int TimerIrq = 0;
    private const int TimerInput = 2;
    private readonly int[] _asserted = new int[PcLayout.InterruptCount];
    private readonly bool[] _levels = new bool[PcLayout.InterruptCount];
    private readonly List<Wire> _wires = [];
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
        _wires.Add(wire);
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

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("interrupt-wires", 1);
        writer.Write(_wires.Count);
        foreach (Wire wire in _wires)
            writer.Write(wire.IsAsserted);
    }

    /// <inheritdoc/>
    /// <remarks>After the devices, whose own drives are no edges then: the controllers know already at what level each input was.</remarks>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("interrupt-wires", 1);
        int count = reader.ReadInt32();
        if (count != _wires.Count)
            throw new InvalidDataException($"the state is of {count} wires; the board has {_wires.Count}");
        Array.Clear(_asserted);
        foreach (Wire wire in _wires)
        {
            wire.IsAsserted = reader.ReadBoolean();
            if (!wire.IsAsserted || !wire.IsConnected || (uint)wire.Number >= (uint)_asserted.Length)
                continue;
            _asserted[wire.Number]++;
            if (IsPciPin(wire.Number))
                _asserted[PciLayout.GetLegacyInterrupt(wire.Number)]++;
        }

        for (int number = 0; number < _levels.Length; number++)
            _levels[number] = _asserted[number] > 0;
    }

    private static bool IsPciPin(int number) => number is >= PciLayout.FirstPinInterrupt and < PciLayout.FirstPinInterrupt + PciLayout.PinInterruptCount;

    private void Change(int number, int difference)
    {
        if ((uint)number >= (uint)_asserted.Length)
            return;
        if (IsPciPin(number))
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
        public int Number => number;

        public bool IsAsserted { get; set; }

        public bool IsConnected { get; private set; } = true;

        public void Set(bool asserted)
        {
            if (asserted == IsAsserted)
                return;
            IsAsserted = asserted;
            if (IsConnected)
                router.Change(number, asserted ? 1 : -1);
        }

        public void Connect(bool connected)
        {
            IsConnected = connected;
            if (IsAsserted)
                router.Change(number, connected ? 1 : -1);
        }
    }
}
