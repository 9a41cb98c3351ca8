namespace Dominion.Diagnostics;

/// <summary>How bad a <see cref="Diagnostic"/> is.</summary>
public enum DiagnosticSeverity
{
    /// <summary>Worth knowing.</summary>
    Info,

    /// <summary>Probably not what was meant; the machine runs all the same.</summary>
    Warning,

    /// <summary>What was asked for is refused.</summary>
    Error,
}
