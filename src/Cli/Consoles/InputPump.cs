using Microsoft.Win32.SafeHandles;

namespace Dominion.Cli.Consoles;

/// <summary>Types standard input into a console, on a thread of its own. Its end types nothing and ends nothing.</summary>
internal sealed class InputPump
{
    private const byte EscapeKey = 0x1D;
    private readonly TypedHandler _type;
    private readonly Action? _onEscape;

    private InputPump(TypedHandler type, Action? onEscape)
    {
        _type = type;
        _onEscape = onEscape;
    }

    /// <summary>Starts to type. The thread lives as long as the process: a read of standard input cannot be called off.</summary>
    /// <param name="type">Types bytes, all of them.</param>
    /// <param name="onEscape">Called for Ctrl-], which is then not typed; null where it is a byte like any other.</param>
    internal static void Start(TypedHandler type, Action? onEscape)
    {
        InputPump pump = new(type, onEscape);
        new Thread(pump.Run) { Name = "input", IsBackground = true }.Start();
    }

    private void Run()
    {
        // Not Console.OpenStandardInput, which on a terminal gathers lines and changes the terminal's settings.
        using SafeFileHandle handle = new(0, ownsHandle: false);
        byte[] buffer = new byte[4096];
        try
        {
            using FileStream input = new(handle, FileAccess.Read, bufferSize: 0);
            while (true)
            {
                int count = input.Read(buffer);
                if (count == 0)
                    return;
                ReadOnlySpan<byte> typed = buffer.AsSpan(0, count);
                int escape = _onEscape is null ? -1 : typed.IndexOf(EscapeKey);
                _type(escape < 0 ? typed : typed[..escape]);
                if (escape < 0)
                    continue;
                _onEscape!();
                return;
            }
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Standard input is closed, or is nothing that can be read (a directory): nobody types.
        }
    }
}
