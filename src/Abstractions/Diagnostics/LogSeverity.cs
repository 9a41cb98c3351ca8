namespace Dominion.Diagnostics;

/// <summary>How important a log line is, least first.</summary>
public enum LogSeverity
{
    /// <summary>Every access; only for bug hunts.</summary>
    Trace,

    /// <summary>State changes of a device.</summary>
    Debug,

    /// <summary>What an operator wants to see.</summary>
    Information,

    /// <summary>A guest or a file did something odd.</summary>
    Warning,

    /// <summary>Something was refused or lost.</summary>
    Error,
}
