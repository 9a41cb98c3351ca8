using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Dominion.Host.Tests.Manifest;

/// <summary>
/// Validates by the keywords of JSON Schema draft 2020-12 (Core 8 to 10, Validation 6) that the generator uses. A keyword that it does
/// not know fails the test instead of being skipped, so that a misspelled one cannot hide.
/// </summary>
internal sealed class SchemaEvaluator(JsonObject root)
{
    private static readonly HashSet<string> Annotations = ["$schema", "$defs", "title", "description", "default"];

    public bool IsValid(JsonNode? value) => IsValid(root, value);

    private bool IsValid(JsonNode? schema, JsonNode? value)
    {
        if (schema is JsonValue flag)
            return flag.GetValue<bool>();
        var rules = (JsonObject)schema!;
        return rules.All(rule => Annotations.Contains(rule.Key) || Holds(rules, rule.Key, rule.Value!, value));
    }

    private bool Holds(JsonObject rules, string keyword, JsonNode rule, JsonNode? value)
    {
        switch (keyword)
        {
            case "$ref":
                string path = rule.GetValue<string>();
                Assert.StartsWith("#/$defs/", path, StringComparison.Ordinal);
                return IsValid(root["$defs"]![path["#/$defs/".Length..]] ?? throw new InvalidOperationException($"{path} leads nowhere"), value);
            case "anyOf":
                return rule.AsArray().Any(form => IsValid(form, value));
            case "not":
                return !IsValid(rule, value);
            case "const":
                return JsonNode.DeepEquals(rule, value);
            case "enum":
                return rule.AsArray().Any(item => JsonNode.DeepEquals(item, value));
            case "type":
                return rule is JsonArray types ? types.Any(type => IsType(type!.GetValue<string>(), value)) : IsType(rule.GetValue<string>(), value);
            case "required":
                return value is not JsonObject owner || rule.AsArray().All(name => owner.ContainsKey(name!.GetValue<string>()));
            case "properties":
                return value is not JsonObject given || given.All(entry => rule[entry.Key] is not { } own || IsValid(own, entry.Value));
            case "additionalProperties":
                return value is not JsonObject all || all.All(entry => rules["properties"]?.AsObject().ContainsKey(entry.Key) == true || IsValid(rule, entry.Value));
            case "propertyNames":
                return value is not JsonObject named || named.All(entry => IsValid(rule, JsonValue.Create(entry.Key)));
            case "maxProperties":
                return value is not JsonObject counted || counted.Count <= rule.GetValue<int>();
            case "items":
                return value is not JsonArray items || items.All(item => IsValid(rule, item));
            case "minItems":
                return value is not JsonArray list || list.Count >= rule.GetValue<int>();
            case "pattern":
                return !IsType("string", value) || Regex.IsMatch(value!.GetValue<string>(), rule.GetValue<string>(), RegexOptions.ECMAScript);
            case "minLength":
                return !IsType("string", value) || value!.GetValue<string>().Length >= rule.GetValue<int>();
            case "minimum":
                return !IsType("number", value) || Number(value!) >= Number(rule);
            case "maximum":
                return !IsType("number", value) || Number(value!) <= Number(rule);
            default:
                throw new InvalidOperationException($"the generator used the keyword '{keyword}', which this evaluator does not know");
        }
    }

    private static bool IsType(string type, JsonNode? value) => type switch
    {
        "null" => value is null,
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => value?.GetValueKind() == System.Text.Json.JsonValueKind.String,
        "boolean" => value?.GetValueKind() is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False,
        "number" => value?.GetValueKind() == System.Text.Json.JsonValueKind.Number,
        "integer" => value?.GetValueKind() == System.Text.Json.JsonValueKind.Number && decimal.IsInteger(Number(value)),
        _ => throw new InvalidOperationException($"there is no type '{type}'"),
    };

    private static decimal Number(JsonNode value) => decimal.Parse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture);
}
