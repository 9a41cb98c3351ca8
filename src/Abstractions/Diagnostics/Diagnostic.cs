namespace Dominion.Diagnostics;

/// <summary>A problem as data: what, where, and what to do about it.</summary>
/// <param name="Id">The stable id, such as <c>DOM1004</c>; docs/manifest.md lists them.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Message">What is wrong, in a sentence.</param>
/// <param name="Location">Where it is, or null when it is in no file.</param>
/// <param name="Suggestion">What would be right, or null.</param>
public sealed record Diagnostic(string Id, DiagnosticSeverity Severity, string Message, SourceLocation? Location = null, string? Suggestion = null)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        string severity = Severity switch
        {
            DiagnosticSeverity.Error => "error",
            DiagnosticSeverity.Warning => "warning",
            _ => "info",
        };
        string place = Location is { } location ? $"{location}: " : "";
        string hint = Suggestion is null ? "" : $" ({Suggestion})";
        return $"{place}{severity} {Id}: {Message}{hint}";
    }
}
