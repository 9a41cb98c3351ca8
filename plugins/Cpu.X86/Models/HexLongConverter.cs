using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dominion.Cpu.X86.Models;

/// <summary>Reads 64-bit numbers of model files.</summary>
internal sealed class HexLongConverter : JsonConverter<ulong>
{
    public override ulong Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? ulong.Parse(reader.GetString()!.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            : reader.GetUInt64();

    public override void Write(Utf8JsonWriter writer, ulong value, JsonSerializerOptions options) => writer.WriteStringValue($"0x{value:x}");
}
