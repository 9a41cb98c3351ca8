namespace Dominion.Diagnostics;

/// <summary>The log of one part; the host adds the part's and the domain's name. Safe to call from any thread.</summary>
public interface ILog
{
    /// <summary>Whether lines of that severity are kept; ask before building a costly message.</summary>
    /// <param name="severity">The severity.</param>
    /// <returns>True when such a line would be written.</returns>
    bool IsEnabled(LogSeverity severity);

    /// <summary>Writes one line.</summary>
    /// <param name="severity">How important it is.</param>
    /// <param name="message">The line, without its end.</param>
    void Write(LogSeverity severity, string message);
}
