namespace Dominion.Persistence;

/// <summary>A service that keeps state in the host's files, to which a saved machine only refers. Its <see cref="IPersistent.Restore"/> refuses files that are not as they were, with a <see cref="Diagnostics.DiagnosticException"/>.</summary>
public interface IExternalState : IPersistent
{
    /// <summary>Whether the machine changes these files. A machine that goes on after it was saved makes what was saved useless then.</summary>
    bool IsWritten { get; }
}
