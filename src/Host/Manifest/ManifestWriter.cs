using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Dominion.Host.Manifest;

/// <summary>Writes nodes as YAML that reads back as the same nodes: flow style, a key or an item a line.</summary>
public static partial class ManifestWriter
{
    /// <summary>Writes a node.</summary>
    /// <param name="node">The node.</param>
    /// <returns>The text, with an end of line.</returns>
    public static string Write(ManifestNode node)
    {
        StringBuilder text = new();
        Write(text, node, 0);
        return text.Append('\n').ToString();
    }

    private static void Write(StringBuilder text, ManifestNode node, int depth)
    {
        switch (node)
        {
            case ManifestMapping { Entries.Count: > 0 } mapping:
                WriteItems(text, "{}", depth, mapping.Entries, entry =>
                {
                    text.Append(Quote(entry.Key)).Append(": ");
                    Write(text, entry.Value, depth + 1);
                });
                break;
            case ManifestSequence { Items.Count: > 0 } list:
                WriteItems(text, "[]", depth, list.Items, item => Write(text, item, depth + 1));
                break;
            case ManifestMapping:
                text.Append("{}");
                break;
            case ManifestSequence:
                text.Append("[]");
                break;
            case ManifestScalar scalar:
                // What is no plain scalar in every place is a text and nothing else, quoted or not.
                if (scalar.IsNull)
                    text.Append('~');
                else
                    text.Append(!scalar.IsQuoted && Plain().IsMatch(scalar.Text) ? scalar.Text : Quote(scalar.Text));
                break;
        }
    }

    private static void WriteItems<T>(StringBuilder text, string brackets, int depth, IReadOnlyList<T> items, Action<T> write)
    {
        text.Append(brackets[0]);
        for (int i = 0; i < items.Count; i++)
        {
            text.Append(i == 0 ? "\n" : ",\n").Append(' ', 2 * (depth + 1));
            write(items[i]);
        }
        text.Append('\n').Append(' ', 2 * depth).Append(brackets[1]);
    }

    // JSON's escapes are YAML's too.
    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    [GeneratedRegex(@"^-?[A-Za-z0-9_.+/][A-Za-z0-9_.+/-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();
}
