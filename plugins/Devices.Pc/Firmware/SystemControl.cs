using Dominion.Buses;
using Dominion.Devices.Pc.Mainboard;
using Dominion.Devices.Pc.Registers;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Firmware;

/// <summary>System control port A (0x92): a rising bit 0 pulses INIT#, which leaves the register as it is. The A20 gate, bit 1, is always open: no address line is ever masked.</summary>
internal sealed class SystemControl : IDevice, IInitSource
{
    private const uint FastReset = 1;
    private const uint GateA20 = 2;
    private readonly IBusMapping _mapping;
    private uint _value;

    /// <summary>Puts the port in place.</summary>
    /// <param name="context">What the board gives.</param>
    public SystemControl(IDeviceContext context)
    {
        Init = new InitPin(context.Control, context.Name);
        _mapping = context.Ports.Map(
            0x92,
            1,
            new RegisterMap(1, 1).At(0, "System control port A", () => _value | GateA20, (value, _) => Write(value)),
            context.Name);
    }

    /// <inheritdoc/>
    public InitPin Init { get; }

    /// <inheritdoc/>
    public void Reset() => _value = 0;

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("port92", 1);
        writer.Write(_value);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("port92", 1);
        _value = reader.ReadUInt32();
    }

    /// <inheritdoc/>
    public void Dispose() => _mapping.Dispose();

    private void Write(uint value)
    {
        bool resets = (value & ~_value & FastReset) != 0;
        _value = value;
        if (resets)
            Init.Pulse();
    }
}
