namespace Dominion.Diagnostics;

/// <summary>Takes diagnostics; safe to call from any thread.</summary>
public interface IDiagnosticSink
{
    /// <summary>Takes one diagnostic.</summary>
    /// <param name="diagnostic">The problem.</param>
    void Report(Diagnostic diagnostic);
}
