using Dominion.Buses;
using Dominion.Persistence;

namespace Dominion.Devices.Pc.Firmware;

/// <summary>A port that ends the domain: writing <c>v</c> ends it with the code <c>(v &lt;&lt; 1) | 1</c>, as QEMU's isa-debug-exit does.</summary>
internal sealed class IsaDebugExit : IDevice, IBusTarget
{
    private readonly string _name;
    private readonly IDomainControl _control;
    private readonly IBusMapping _mapping;

    /// <summary>Puts the port in place.</summary>
    /// <param name="context">What the board gives.</param>
    /// <param name="options">Where it is.</param>
    public IsaDebugExit(IDeviceContext context, IsaDebugExitOptions options)
    {
        _name = context.Name;
        _control = context.Control;
        _mapping = context.Ports.Map((ushort)options.Port, 4, this, context.Name);
    }

    /// <inheritdoc/>
    public ulong Read(in BusAccess access) => 0;

    /// <inheritdoc/>
    public void Write(in BusAccess access, ulong value) => _control.Exit(_name, unchecked((int)((uint)value << 1) | 1));

    /// <inheritdoc/>
    public void Reset()
    {
        // Nothing is kept.
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer) => writer.BeginSection("isa-debug-exit", 1);

    /// <inheritdoc/>
    public void Restore(StateReader reader) => reader.BeginSection("isa-debug-exit", 1);

    /// <inheritdoc/>
    public void Dispose() => _mapping.Dispose();
}
