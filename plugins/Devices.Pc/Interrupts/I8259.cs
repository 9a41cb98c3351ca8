using Dominion.Buses;
using Dominion.Devices.Pc.Registers;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Interrupts;

/// <summary>The PC's pair of 8259As: ports 0x20, 0xA0, and the edge/level registers 0x4D0 and 0x4D1.</summary>
/// <remarks>Lock order: the domain's device lock, then <c>_gate</c>, then the interrupt fabric's. <c>_gate</c> is held around <see cref="RequestChanged"/>, so that changes arrive in order.</remarks>
internal sealed class I8259 : IDevice, IVectoredInterruptController
{
    private const int CascadeInput = 2;
    private readonly Lock _gate = new();
    private readonly I8259Chip _master = new(isMaster: true, levelMask: 0xF8);
    private readonly I8259Chip _slave = new(isMaster: false, levelMask: 0xDE);
    private readonly IBusMapping[] _mappings;
    private bool _request;

    /// <summary>Puts the pair on its ports.</summary>
    /// <param name="context">What the board gives.</param>
    public I8259(IDeviceContext context)
    {
        _mappings =
        [
            context.Ports.Map(0x20, 2, MapChip(_master), context.Name),
            context.Ports.Map(0xA0, 2, MapChip(_slave), context.Name),
            context.Ports.Map(
                0x4D0,
                2,
                new RegisterMap(1, 2)
                    .At(0, "ELCR1", () => _master.Levels, (value, _) => Change(_master, value))
                    .At(1, "ELCR2", () => _slave.Levels, (value, _) => Change(_slave, value)),
                context.Name),
        ];
        Reset();
    }

    /// <inheritdoc/>
    public int InputCount => 16;

    /// <inheritdoc/>
    public Action<bool>? RequestChanged { get; set; }

    /// <inheritdoc/>
    public void SetInput(int input, bool asserted)
    {
        lock (_gate)
        {
            if (input < 8)
                _master.SetInput(input, asserted);
            else
                _slave.SetInput(input - 8, asserted);
            Propagate();
        }
    }

    /// <inheritdoc/>
    public int Acknowledge()
    {
        lock (_gate)
        {
            int vector = _master.Acknowledge(out int input);
            if (input == CascadeInput)
                vector = _slave.Acknowledge(out _);
            Propagate();
            return vector;
        }
    }

    /// <inheritdoc/>
    public void Reset()
    {
        lock (_gate)
        {
            _master.Reset();
            _slave.Reset();
            Propagate();
        }
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("i8259", 1);
        lock (_gate)
        {
            _master.Save(writer);
            _slave.Save(writer);
        }
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("i8259", 1);
        lock (_gate)
        {
            _master.Restore(reader);
            _slave.Restore(reader);
            Propagate();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IBusMapping mapping in _mappings)
            mapping.Dispose();
    }

    private RegisterMap MapChip(I8259Chip chip) => new RegisterMap(1, 2)
        .At(0, "ICW1/OCW2/OCW3, IRR/ISR", () => Read(chip, 0), (value, _) => Write(chip, 0, value))
        .At(1, "ICW2-4/OCW1, IMR", () => Read(chip, 1), (value, _) => Write(chip, 1, value));

    private uint Read(I8259Chip chip, int offset)
    {
        lock (_gate)
        {
            uint value = chip.Read(offset);
            Propagate();
            return value;
        }
    }

    private void Write(I8259Chip chip, int offset, uint value)
    {
        lock (_gate)
        {
            chip.Write(offset, (byte)value);
            Propagate();
        }
    }

    private void Change(I8259Chip chip, uint levels)
    {
        lock (_gate)
        {
            chip.Levels = (byte)levels;
            Propagate();
        }
    }

    // The slave's INT is the master's input 2; the master's is the processors' INTR.
    private void Propagate()
    {
        _master.SetInput(CascadeInput, _slave.Request);
        bool request = _master.Request;
        if (request == _request)
            return;
        _request = request;
        RequestChanged?.Invoke(request);
    }
}
