using Dominion.Buses;
using Dominion.Devices.Pc.Registers;
using Dominion.Persistence;
using Dominion.Services;

namespace Dominion.Devices.Pc.Serial;

/// <summary>A debug console: a port that takes bytes, and reads as 0xE9 so that a guest finds it.</summary>
internal sealed class DebugConsole : IDevice, ICharacterReceiver
{
    private const byte Presence = 0xE9;
    private readonly ICharacterLink _link;
    private readonly IBusMapping _mapping;

    /// <summary>Puts the port in place.</summary>
    /// <param name="context">What the board gives.</param>
    /// <param name="options">Where it is.</param>
    public DebugConsole(IDeviceContext context, DebugConsoleOptions options)
    {
        _link = context.GetService(options.Stream).Connect(this, context.Post);
        _mapping = context.Ports.Map(
            (ushort)options.Port,
            1,
            new RegisterMap(1, 1).At(0, "Debug console", () => Presence, (value, _) => _link.Write([(byte)value])),
            context.Name);
    }

    /// <summary>Takes all input and forgets it: the port has no input.</summary>
    /// <param name="bytes">What was typed.</param>
    /// <returns>All of it.</returns>
    public int Receive(ReadOnlySpan<byte> bytes) => bytes.Length;

    /// <inheritdoc/>
    public void Reset()
    {
        // Nothing is kept.
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer) => writer.BeginSection("debugcon", 1);

    /// <inheritdoc/>
    public void Restore(StateReader reader) => reader.BeginSection("debugcon", 1);

    /// <inheritdoc/>
    public void Dispose()
    {
        _mapping.Dispose();
        _link.Dispose();
    }
}
