using Dominion.Buses;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Testing;

/// <summary>What test kernels such as kvm-unit-tests need beside a PC's own devices, to see accesses to devices and interrupts as a processor does them.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>Ports 0xE0 to 0xE3: four bytes that read back as they were written, in accesses of every width.</item>
/// <item>Port 0xE4, 32 bits: the address of a page that the VMM may put out of its way before its next access. No page ever is out of the way here: the write is taken.</item>
/// <item>Ports 0x2000 to 0x2017: bit 0 of the byte written drives the global system interrupt of that number.</item>
/// <item>Memory 0xFF00_0000 to 0xFF00_FFFF: bytes that read back as they were written, but each access is one to a device.</item>
/// </list>
/// </remarks>
internal sealed class TestDevice : IDevice
{
    /// <summary>The first port of the register that keeps what is written.</summary>
    public const ushort ScratchPort = 0xE0;

    /// <summary>The port that takes a page's address.</summary>
    public const ushort FlushPort = 0xE4;

    /// <summary>The port of interrupt 0.</summary>
    public const ushort InterruptPort = 0x2000;

    /// <summary>The first address of the memory.</summary>
    public const ulong MemoryStart = 0xFF00_0000;

    /// <summary>How many bytes of memory there are.</summary>
    public const int MemoryLength = 0x1_0000;

    private readonly ScratchBytes _scratch = new(4);
    private readonly ScratchBytes _memory = new(MemoryLength);
    private readonly IInterruptLine[] _lines;
    private readonly IBusMapping[] _mappings;
    private uint _asserted;

    /// <summary>Puts the device in place.</summary>
    /// <param name="context">What the board gives.</param>
    public TestDevice(IDeviceContext context)
    {
        _lines = [.. Enumerable.Range(0, PcLayout.InterruptCount).Select(context.GetInterruptLine)];
        _mappings =
        [
            context.Ports.Map(ScratchPort, _scratch.Length, _scratch, $"{context.Name}-scratch"),
            context.Ports.Map(FlushPort, 4, new ScratchBytes(4), $"{context.Name}-flush"),
            context.Ports.Map(InterruptPort, _lines.Length, new InterruptPorts(this), $"{context.Name}-interrupts"),
            context.MemorySpace.Map(MemoryStart, MemoryLength, _memory, $"{context.Name}-memory"),
        ];
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _scratch.Clear();
        _memory.Clear();
        Drive(0);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.BeginSection("testdev", 1);
        writer.Write(_asserted);
        writer.Write(_scratch.Content);
        writer.Write(_memory.Content);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        reader.BeginSection("testdev", 1);
        Drive(reader.ReadUInt32() & ((1U << _lines.Length) - 1));
        _scratch.Set(reader.ReadBytes());
        _memory.Set(reader.ReadBytes());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IBusMapping mapping in _mappings)
            mapping.Dispose();
    }

    private void Drive(uint asserted)
    {
        _asserted = asserted;
        for (int i = 0; i < _lines.Length; i++)
            _lines[i].Set((asserted & (1U << i)) != 0);
    }

    /// <summary>A port for each interrupt line. Reads as the line's level.</summary>
    private sealed class InterruptPorts(TestDevice device) : IBusTarget
    {
        public ulong Read(in BusAccess access) => (device._asserted >> (int)access.Offset) & 1;

        public void Write(in BusAccess access, ulong value)
        {
            uint line = 1U << (int)access.Offset;
            device.Drive((value & 1) != 0 ? device._asserted | line : device._asserted & ~line);
        }
    }
}
