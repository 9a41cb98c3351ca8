using System.Globalization;
using System.Text.Json.Nodes;
using Dominion.Host.Manifest;

namespace Dominion.Host.Tests.Manifest;

/// <summary>A manifest as an editor sees it: plain scalars by YAML's core schema (YAML 1.2, 10.3).</summary>
internal static class ManifestJson
{
    public static JsonNode? From(ManifestNode node) => node switch
    {
        ManifestMapping mapping => new JsonObject(mapping.Entries.Select(entry => KeyValuePair.Create(entry.Key, From(entry.Value)))),
        ManifestSequence sequence => new JsonArray([.. sequence.Items.Select(From)]),
        ManifestScalar { IsNull: true } => null,
        ManifestScalar { IsQuoted: false, Text: "true" or "false" } flag => flag.Text == "true",
        ManifestScalar { IsQuoted: false } number when decimal.TryParse(number.Text, CultureInfo.InvariantCulture, out decimal value) => value,
        ManifestScalar scalar => scalar.Text,
        _ => throw new InvalidOperationException($"{node} is no node"),
    };
}
