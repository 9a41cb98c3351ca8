using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dominion.Cpu.X86.Models;

/// <summary>Reads 32-bit numbers of model files, which are hexadecimal texts where that is how manuals print them.</summary>
internal sealed class HexNumberConverter : JsonConverter<uint>
{
    public override uint Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? uint.Parse(reader.GetString()!.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            : reader.GetUInt32();

    public override void Write(Utf8JsonWriter writer, uint value, JsonSerializerOptions options) => writer.WriteStringValue($"0x{value:x}");
}
