using System.Globalization;
using System.Text.Json.Nodes;
using Dominion.Devices;
using Dominion.Host.Manifest.Options;
using Dominion.Plugins;

namespace Dominion.Host.Manifest.Schema;

/// <summary>Makes the pieces of a schema.</summary>
internal static class SchemaNodes
{
    private const string HexPattern = "^0[xX][0-9a-fA-F]{1,16}$";
    private const string DigitsPattern = "^-?[0-9][0-9_]*$";
    private const string SizePattern = @"^(0[xX][0-9a-fA-F]{1,16}|[0-9][0-9_]*(\.[0-9]+)? *(B|KiB|MiB|GiB|TiB)?)$";
    private const string MacPattern = "^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}$";

    public static JsonObject Object(JsonObject properties, IReadOnlyList<string>? required = null)
    {
        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        if (required is { Count: > 0 })
            schema["required"] = new JsonArray([.. required.Select(name => (JsonNode?)name)]);
        return schema;
    }

    public static JsonObject Options(IEnumerable<OptionProperty> options)
    {
        var properties = new JsonObject();
        foreach (OptionProperty option in options)
            properties[option.Name] = Option(option);
        return properties;
    }

    public static JsonObject Option(OptionProperty option) =>
        Described(Type(option.Type, option.Range), option.Description, option.IsRequired ? null : Default(option.Default));

    public static JsonObject Described(JsonObject schema, string description, JsonNode? initial)
    {
        if (description.Length > 0)
            schema["description"] = description;
        if (initial is not null)
            schema["default"] = initial;
        return schema;
    }

    /// <summary>A text; YAML's unquoted numbers and truth values are texts too where a text is asked for.</summary>
    public static JsonObject Text() => new() { ["type"] = new JsonArray("string", "number", "boolean") };

    public static JsonObject Size() => new()
    {
        ["anyOf"] = new JsonArray(
            new JsonObject { ["type"] = "integer", ["minimum"] = 0 },
            new JsonObject { ["type"] = "string", ["pattern"] = SizePattern }),
    };

    /// <summary>One of some names; where there are none, nothing is right.</summary>
    public static JsonObject Choice(IReadOnlyCollection<string> names) =>
        names.Count > 0
            ? new JsonObject { ["enum"] = new JsonArray([.. names.Distinct(StringComparer.Ordinal).Select(name => (JsonNode?)name)]) }
            : new JsonObject { ["not"] = new JsonObject() };

    public static JsonObject List(JsonObject items) => new() { ["type"] = OrNull("array"), ["items"] = items };

    public static JsonObject Reference(string definition) => new() { ["$ref"] = $"#/$defs/{definition}" };

    public static JsonArray OrNull(string type) => new(type, "null");

    private static JsonObject Type(OptionType type, OptionRangeAttribute? range)
    {
        JsonObject schema = type.Kind switch
        {
            OptionKind.Boolean => new JsonObject { ["type"] = "boolean" },
            OptionKind.Integer => new JsonObject
            {
                ["anyOf"] = new JsonArray(
                    Ranged(new JsonObject { ["type"] = "integer" }, range),
                    new JsonObject { ["type"] = "string", ["pattern"] = $"{HexPattern}|{DigitsPattern}" }),
            },
            OptionKind.Number => new JsonObject
            {
                ["anyOf"] = new JsonArray(
                    Ranged(new JsonObject { ["type"] = "number" }, range),
                    new JsonObject { ["type"] = "string", ["pattern"] = @"^[-+]?[0-9.]+([eE][-+]?[0-9]+)?$" }),
            },
            OptionKind.Size => Size(),
            OptionKind.Path => new JsonObject { ["type"] = new JsonArray("string", "number", "boolean"), ["minLength"] = 1 },
            OptionKind.MacAddress => new JsonObject { ["type"] = "string", ["pattern"] = MacPattern },
            OptionKind.Choice => Choice([.. OptionBinder.Choices(type.ClrType)]),
            OptionKind.List => new JsonObject { ["type"] = "array", ["items"] = Type(type.Element!, range) },
            OptionKind.Record => Object(Options(type.Record!.Properties), [.. type.Record.Properties.Where(option => option.IsRequired).Select(option => option.Name)]),
            _ => Text(),
        };
        return type.AllowsNull || type.Kind == OptionKind.Text
            ? new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) }
            : schema;
    }

    private static JsonObject Ranged(JsonObject schema, OptionRangeAttribute? range)
    {
        if (range is not null)
        {
            schema["minimum"] = range.Minimum;
            schema["maximum"] = range.Maximum;
        }

        return schema;
    }

    private static JsonNode? Default(object? value)
    {
        switch (value)
        {
            case bool flag:
                return flag;
            case string text:
                return text;
            case Enum choice:
                return OptionsModel.ManifestName(choice.ToString());
            case double or float:
                return double.IsFinite(Convert.ToDouble(value, CultureInfo.InvariantCulture)) ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : null;
            case ulong large:
                return large;
            case byte or sbyte or short or ushort or int or uint or long:
                return Convert.ToInt64(value, CultureInfo.InvariantCulture);
            case ByteSize or MacAddress:
                return value.ToString();
            case null:
                return null;
            default:
                // Paths, service references: a default of an empty one means that there is none.
                return value.GetType().IsGenericType && value.GetType().GetGenericTypeDefinition() == typeof(ServiceReference<>) && value.ToString() is { Length: > 0 } name
                    ? name
                    : null;
        }
    }
}
