using System.Text;

namespace Dominion.Cli.Logging;

/// <summary>Writes whole lines to standard error, from any thread.</summary>
internal sealed class ErrorWriter
{
    private readonly Lock _gate = new();
    private readonly Stream _stream = Console.OpenStandardError();

    /// <summary>Whether the terminal is raw, so that a line must bring its own carriage return.</summary>
    internal bool IsRaw { get; set; }

    /// <summary>Writes one line, or several.</summary>
    /// <param name="text">The text, without its last end of line.</param>
    internal void WriteLine(string text)
    {
        text += '\n';
        if (IsRaw)
            text = text.ReplaceLineEndings("\r\n");
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        lock (_gate)
        {
            try
            {
                _stream.Write(bytes);
            }
            catch (IOException)
            {
                // Whoever read standard error is gone: there is no other place to say anything.
            }
        }
    }
}
