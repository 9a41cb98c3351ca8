namespace Dominion.Diagnostics;

/// <summary>Thrown while a machine is being built, never while a guest runs, to refuse what was asked for with a diagnostic.</summary>
public sealed class DiagnosticException : Exception
{
    /// <summary>Refuses with one diagnostic.</summary>
    /// <param name="diagnostic">Why.</param>
    public DiagnosticException(Diagnostic diagnostic)
        : base(diagnostic.ToString())
    {
        Diagnostic = diagnostic;
    }

    /// <summary>Refuses with an error.</summary>
    /// <param name="id">The diagnostic's id.</param>
    /// <param name="message">What is wrong.</param>
    /// <param name="suggestion">What would be right, or null.</param>
    public DiagnosticException(string id, string message, string? suggestion = null)
        : this(new Diagnostic(id, DiagnosticSeverity.Error, message, null, suggestion))
    {
    }

    /// <summary>Why the request is refused.</summary>
    public Diagnostic Diagnostic { get; }
}
