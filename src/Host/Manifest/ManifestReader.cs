using System.Text;
using Dominion.Diagnostics;

namespace Dominion.Host.Manifest;

/// <summary>The first stage: reads a manifest's text into nodes and applies the overrides.</summary>
public static class ManifestReader
{
    /// <summary>Reads a manifest. A name that ends in <c>.json</c> is read as JSON, any other as YAML.</summary>
    /// <param name="path">The file.</param>
    /// <param name="overrides">The arguments of <c>--set</c>, in their order.</param>
    /// <param name="diagnostics">What is wrong.</param>
    /// <returns>The manifest, or null when it cannot be read.</returns>
    public static ManifestDocument? Read(string path, IEnumerable<string> overrides, out IReadOnlyList<Diagnostic> diagnostics)
    {
        var bag = new DiagnosticBag();
        ManifestDocument? document = Read(path, overrides, bag);
        diagnostics = bag.ToList();
        return document;
    }

    /// <summary>Reads a manifest from memory.</summary>
    /// <param name="text">The text in UTF-8.</param>
    /// <param name="path">The name for locations and for the folder that relative paths start from.</param>
    /// <param name="overrides">The arguments of <c>--set</c>, in their order.</param>
    /// <param name="diagnostics">What is wrong.</param>
    /// <returns>The manifest, or null when it cannot be read.</returns>
    public static ManifestDocument? Parse(ReadOnlySpan<byte> text, string path, IEnumerable<string> overrides, out IReadOnlyList<Diagnostic> diagnostics)
    {
        var bag = new DiagnosticBag();
        ManifestDocument? document = Parse(text, path, overrides, bag);
        diagnostics = bag.ToList();
        return document;
    }

    internal static ManifestDocument? Read(string path, IEnumerable<string> overrides, DiagnosticBag diagnostics)
    {
        byte[]? text = ReadBytes(path, diagnostics);
        return text is null ? null : Parse(text, path, overrides, diagnostics);
    }

    internal static ManifestDocument? Parse(ReadOnlySpan<byte> text, string path, IEnumerable<string> overrides, DiagnosticBag diagnostics)
    {
        string folder;
        try
        {
            folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? Path.GetFullPath(path);
        }
        catch (ArgumentException e)
        {
            diagnostics.Error(ManifestDiagnosticIds.Unreadable, $"'{path}' is no path: {e.Message}", null);
            return null;
        }

        if (text.Length > ManifestLimits.Bytes)
        {
            diagnostics.Error(ManifestDiagnosticIds.TooLarge, $"the manifest is larger than {ManifestLimits.Bytes >> 20} MiB", new SourceLocation(path, 0, 0));
            return null;
        }

        if (text.StartsWith("\uFEFF"u8))
            text = text[3..];
        string decoded;
        try
        {
            decoded = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(text);
        }
        catch (DecoderFallbackException)
        {
            diagnostics.Error(ManifestDiagnosticIds.Syntax, "the manifest is not UTF-8", new SourceLocation(path, 0, 0));
            return null;
        }

        int before = diagnostics.ErrorCount;
        ManifestNode? root = path.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            ? JsonManifestParser.Parse(text, path, diagnostics)
            : YamlManifestParser.Parse(decoded, path, null, diagnostics);
        if (root is ManifestMapping mapping)
            return new ManifestDocument(path, folder, ManifestOverrides.Apply(mapping, overrides, diagnostics));
        if (root is not null || diagnostics.ErrorCount == before)
        {
            diagnostics.Error(
                ManifestDiagnosticIds.WrongType,
                $"a manifest is a mapping with the keys {string.Join(", ", ManifestKeys.Top)}, not {root?.Description ?? "an empty file"}",
                root?.Location ?? new SourceLocation(path, 0, 0));
        }

        return null;
    }

    private static byte[]? ReadBytes(string path, DiagnosticBag diagnostics)
    {
        var location = new SourceLocation(path, 0, 0);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            byte[] buffer = new byte[ManifestLimits.Bytes + 1];
            int length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return buffer[..length];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            diagnostics.Error(ManifestDiagnosticIds.Unreadable, "there is no such manifest", location);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            diagnostics.Error(ManifestDiagnosticIds.Unreadable, $"the manifest cannot be read: {e.Message}", location);
        }

        return null;
    }
}
