using Dominion.Diagnostics;

namespace Dominion.FullVirt.Boot;

/// <summary>Reads the files of a boot from the host.</summary>
internal static class BootFileReader
{
    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The path.</param>
    /// <param name="what">What it is, for diagnostics: <c>kernel</c>, <c>RAM disk</c>.</param>
    /// <param name="maximum">The size that passes the domain's memory.</param>
    /// <param name="commandLine">The command line that goes with it.</param>
    /// <returns>The file.</returns>
    /// <exception cref="DiagnosticException">It is not there, is no file, is empty or too large, or cannot be read.</exception>
    public static BootFile Read(string path, string what, ulong maximum, string commandLine = "")
    {
        if (Directory.Exists(path))
            throw BootDiagnostics.Directory(what, path);

        // The length of a device, a pipe or a socket is 0: these are refused before they are opened, which could block.
        FileInfo file = new(path);
        if (!file.Exists)
            throw BootDiagnostics.Missing(what, path);
        try
        {
            if (file.Length == 0)
                throw BootDiagnostics.Empty(what, path);
            if ((ulong)file.Length >= maximum || file.Length > Array.MaxLength)
                throw what == "kernel" ? BootDiagnostics.KernelDoesNotFit(path, $"the file alone has {file.Length} bytes") : BootDiagnostics.ModuleDoesNotFit($"the {what} '{path}'", (ulong)file.Length);
            return new BootFile(path, File.ReadAllBytes(path), commandLine);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw BootDiagnostics.Unreadable(what, path, e.Message);
        }
    }
}
