using Microsoft.Extensions.Logging;

namespace Dominion.Cli.Logging;

/// <summary>Makes loggers that write lines to standard error.</summary>
internal sealed class ErrorLoggerFactory : ILoggerFactory
{
    private readonly ErrorWriter _writer;
    private readonly LogLevel _level;

    /// <summary>Makes a factory.</summary>
    /// <param name="writer">Where lines go.</param>
    /// <param name="level">The least important level that is kept.</param>
    internal ErrorLoggerFactory(ErrorWriter writer, LogLevel level)
    {
        _writer = writer;
        _level = level;
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new ErrorLogger(_writer, _level, categoryName);

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("the command line logs to standard error only");

    /// <inheritdoc/>
    public void Dispose()
    {
        // Lines are written as they come: there is nothing to let go of.
    }

    private sealed class ErrorLogger(ErrorWriter writer, LogLevel least, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            string line = $"{Names[(int)logLevel]}: {category}: {formatter(state, exception)}";
            writer.WriteLine(exception is null ? line : $"{line}\n{exception}");
        }
    }

    /// <summary>The levels' names, by value; <c>--log-level</c> takes them.</summary>
    internal static IReadOnlyList<string> Names { get; } = ["trace", "debug", "information", "warning", "error", "critical", "none"];
}
