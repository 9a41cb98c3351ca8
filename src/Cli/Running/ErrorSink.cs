using Dominion.Cli.Logging;
using Dominion.Diagnostics;

namespace Dominion.Cli.Running;

/// <summary>Says diagnostics on standard error.</summary>
internal sealed class ErrorSink(ErrorWriter errors) : IDiagnosticSink
{
    /// <inheritdoc/>
    public void Report(Diagnostic diagnostic) => errors.WriteLine(diagnostic.ToString());
}
