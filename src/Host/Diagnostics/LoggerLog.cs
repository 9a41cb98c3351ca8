using Dominion.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Dominion.Host.Diagnostics;

/// <summary>A part's log, kept by a logger.</summary>
public sealed class LoggerLog : ILog
{
    private readonly ILogger _logger;

    /// <summary>Writes to a logger.</summary>
    /// <param name="logger">The logger; its category is the part's name.</param>
    public LoggerLog(ILogger logger)
    {
        _logger = logger;
    }

    /// <inheritdoc/>
    public bool IsEnabled(LogSeverity severity) => _logger.IsEnabled(LevelOf(severity));

    /// <inheritdoc/>
    public void Write(LogSeverity severity, string message) => _logger.Log(LevelOf(severity), default, message, null, static (text, _) => text);

    private static LogLevel LevelOf(LogSeverity severity) => severity switch
    {
        LogSeverity.Trace => LogLevel.Trace,
        LogSeverity.Debug => LogLevel.Debug,
        LogSeverity.Information => LogLevel.Information,
        LogSeverity.Warning => LogLevel.Warning,
        _ => LogLevel.Error,
    };
}
