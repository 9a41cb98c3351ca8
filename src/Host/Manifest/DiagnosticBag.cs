using Dominion.Diagnostics;

namespace Dominion.Host.Manifest;

/// <summary>Collects diagnostics in their order, each once, up to a limit.</summary>
internal sealed class DiagnosticBag : IDiagnosticSink
{
    private readonly Lock _lock = new();
    private readonly List<Diagnostic> _diagnostics = [];

    public bool HasErrors { get; private set; }

    public int ErrorCount { get; private set; }

    public void Report(Diagnostic diagnostic)
    {
        lock (_lock)
        {
            if (diagnostic.Severity == DiagnosticSeverity.Error)
            {
                HasErrors = true;
                ErrorCount++;
            }

            if (_diagnostics.Contains(diagnostic))
                return;
            if (_diagnostics.Count < ManifestLimits.Diagnostics)
                _diagnostics.Add(diagnostic);
            else if (_diagnostics.Count == ManifestLimits.Diagnostics)
                _diagnostics.Add(new Diagnostic(ManifestDiagnosticIds.TooLarge, DiagnosticSeverity.Error, "there are more problems than are listed"));
        }
    }

    public void Error(string id, string message, SourceLocation? location, string? suggestion = null) =>
        Report(new Diagnostic(id, DiagnosticSeverity.Error, message, location, suggestion));

    public IReadOnlyList<Diagnostic> ToList()
    {
        lock (_lock)
            return [.. _diagnostics];
    }
}
