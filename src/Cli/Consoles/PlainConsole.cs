using Dominion.Host.Machine.Consoles;

namespace Dominion.Cli.Consoles;

/// <summary>A domain's console that has the output for itself: bytes go through as they are.</summary>
internal sealed class PlainConsole(OutputPump pump) : IConsoleOutput
{
    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes) => pump.Write(bytes);
}
