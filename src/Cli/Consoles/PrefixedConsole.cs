using System.Text;
using Dominion.Host.Machine.Consoles;

namespace Dominion.Cli.Consoles;

/// <summary>A domain's console that shares the output with others: whole lines, each after the domain's name.</summary>
internal sealed class PrefixedConsole : IConsoleOutput
{
    private const int LongestLine = 4096;
    private readonly OutputPump _pump;
    private readonly byte[] _prefix;
    private readonly byte[] _end;
    private readonly Lock _gate = new();
    private readonly MemoryStream _line = new();

    /// <summary>Makes a console with an empty line.</summary>
    /// <param name="pump">Where lines go.</param>
    /// <param name="name">The domain's name.</param>
    /// <param name="isRaw">Whether the output is a raw terminal, which wants a carriage return.</param>
    internal PrefixedConsole(OutputPump pump, string name, bool isRaw)
    {
        _pump = pump;
        _prefix = Encoding.UTF8.GetBytes($"{name}: ");
        _end = isRaw ? "\r\n"u8.ToArray() : "\n"u8.ToArray();
        _line.Write(_prefix);
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            foreach (byte value in bytes)
            {
                if (value == (byte)'\r')
                    continue;
                if (value != (byte)'\n')
                    _line.WriteByte(value);
                if (value == (byte)'\n' || _line.Length >= LongestLine)
                    End();
            }
        }
    }

    /// <summary>Ends a line that has been begun; a domain that ended will not.</summary>
    internal void Flush()
    {
        lock (_gate)
        {
            if (_line.Length > _prefix.Length)
                End();
        }
    }

    private void End()
    {
        _line.Write(_end);
        _pump.Write(_line.GetBuffer().AsSpan(0, (int)_line.Length));
        _line.SetLength(_prefix.Length);
    }
}
