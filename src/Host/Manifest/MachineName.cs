using System.Text.RegularExpressions;

namespace Dominion.Host.Manifest;

/// <summary>What machines, domains and services may be called.</summary>
public static partial class MachineName
{
    /// <summary>The rule, for a person.</summary>
    public const string Rule = "up to 63 letters, digits, '-', '_' and '.', the first a letter or a digit";

    private const int Longest = 63;

    /// <summary>Whether a text is a name.</summary>
    /// <param name="text">The text.</param>
    /// <returns>True when it is.</returns>
    public static bool IsValid(string text) => Pattern().IsMatch(text);

    /// <summary>Makes a name of a file's: without folder and extension, and with '-' for what no name has.</summary>
    /// <param name="path">The file.</param>
    /// <returns>A name.</returns>
    public static string Of(string path)
    {
        string name = Others().Replace(Path.GetFileNameWithoutExtension(path), "-").TrimStart('-', '_', '.');
        return name.Length == 0 ? "machine" : name[..Math.Min(name.Length, Longest)];
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();

    [GeneratedRegex("[^A-Za-z0-9._-]", RegexOptions.CultureInvariant)]
    private static partial Regex Others();
}
