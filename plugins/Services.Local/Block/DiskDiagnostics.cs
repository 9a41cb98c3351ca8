using Dominion.Diagnostics;

namespace Dominion.Services.Local.Block;

/// <summary>Why a disk is refused.</summary>
internal static class DiskDiagnostics
{
    /// <summary>The image is not there.</summary>
    public static DiagnosticException NotFound(string path) =>
        new("DOM3301", $"there is no disk image '{path}'", "correct the path, or give 'create: true' and a 'size' to make one");

    /// <summary>The path is a folder.</summary>
    public static DiagnosticException IsFolder(string path) =>
        new("DOM3302", $"'{path}' is a folder, not a disk image", "name a file");

    /// <summary>The file may not be opened as it must be.</summary>
    public static DiagnosticException NotPermitted(string path, bool write) => new(
        "DOM3303",
        $"'{path}' may not be {(write ? "written" : "read")}",
        write ? "give 'overlay: true' or 'read-only: true', or change the file's permissions" : "change the file's permissions");

    /// <summary>The file's length is not that of a disk.</summary>
    public static DiagnosticException OddSize(string path, long length, int sectorSize) => new(
        "DOM3304",
        $"the disk image '{path}' {(length == 0 ? "is empty" : $"has {length} bytes, which is no multiple of its sector size, {sectorSize}")}",
        length == 0 ? "give the image a size" : "pad the image, or check that it is a raw one");

    /// <summary>Another machine, or another service of this one, has the file.</summary>
    public static DiagnosticException InUse(string path) =>
        new("DOM3305", $"'{path}' is in use by another machine or disk", "give 'overlay: true' or 'read-only: true' to both, or make a copy");

    /// <summary>The overlay file is not one, or not this image's.</summary>
    public static DiagnosticException BadOverlay(string path, string reason) =>
        new("DOM3306", $"the overlay file '{path}' {reason}", "remove it to start with a fresh overlay; what it holds is lost then");

    /// <summary>Options that do not go together.</summary>
    public static DiagnosticException BadOptions(string message, string suggestion) => new("DOM3307", message, suggestion);

    /// <summary>The host could not do it.</summary>
    public static DiagnosticException HostError(string path, Exception error) =>
        new("DOM3308", $"'{path}' cannot be used: {error.Message}");

    /// <summary>The file is not as it was when the machine was saved.</summary>
    public static DiagnosticException Changed(string path, string how) =>
        new("DOM3311", $"'{path}' has changed since the machine was saved: {how}", "restore the machine with the files that it was saved with");

    /// <summary>The header of a new overlay cannot be written.</summary>
    public static DiagnosticException OverlayNotWritten() =>
        new("DOM3310", "an overlay cannot be written", "see the log for the host's reason");
}
