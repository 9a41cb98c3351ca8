using Dominion.Diagnostics;

namespace Dominion.Host.Machine.Saving;

/// <summary>Why a machine is not saved or restored; docs/manifest.md lists the ids.</summary>
internal static class SavingDiagnostics
{
    internal static DiagnosticException NotFound(string path) => new(Error("DOM5101", path, "there is no such saved machine"));

    internal static DiagnosticException Unreadable(string path, Exception error) => new(Error("DOM5102", path, $"the saved machine cannot be read: {error.Message}"));

    internal static DiagnosticException Foreign(string path) => new(Error("DOM5103", path, "this is no saved machine"));

    internal static DiagnosticException Newer(string path, uint version) => new(Error(
        "DOM5104", path, $"the saved machine has format version {version}; this build reads 1 to {MachineFileFormat.Version}", "restore it with the build that saved it"));

    internal static DiagnosticException Truncated(string path, ulong expected, ulong found) => new(Error(
        "DOM5105", path, $"the saved machine is truncated: it should have {expected} bytes and has {found}"));

    internal static DiagnosticException Damaged(string path, string what) => new(Error("DOM5106", path, $"the saved machine is damaged: {what}"));

    internal static Diagnostic MissingPlugin(string path, SavedPlugin plugin) => Error(
        "DOM5107", path, $"the saved machine needs plugin '{plugin.Id}' {plugin.Version}, which is not there", "name its folder with --plugins");

    internal static Diagnostic OtherPlugin(string path, SavedPlugin plugin, string found) => Error(
        "DOM5108", path, $"the machine was saved with plugin '{plugin.Id}' {plugin.Version}; {found} is there") with { Severity = DiagnosticSeverity.Warning };

    internal static Diagnostic DoesNotFit(string path, string part, string why) => Error("DOM5109", path, $"the saved state does not fit {part}: {why}");

    internal static DiagnosticException CannotWrite(string path, Exception error) => new(Error("DOM5110", path, $"the machine cannot be saved here: {error.Message}"));

    internal static DiagnosticException NoManifest() => new(
        "DOM5111", "the machine was not composed from a manifest, so that nothing could be restored from what is saved");

    internal static DiagnosticException Ended() => new("DOM5112", "the machine has ended: there is nothing to save");

    internal static DiagnosticException PartFailed(string part, Exception error) => new("DOM5113", $"{part} cannot be saved: {error.GetType().Name}: {error.Message}");

    private static Diagnostic Error(string id, string path, string message, string? suggestion = null) =>
        new(id, DiagnosticSeverity.Error, message, new SourceLocation(path, 0, 0), suggestion);
}
