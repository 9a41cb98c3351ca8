using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dominion.Host.Machine.Saving;

/// <summary>How a saved machine's description is written as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SavedMachineInfo))]
internal sealed partial class SavedMachineJson : JsonSerializerContext
{
    /// <summary>Writes quotes as a person reads them: no browser will see them.</summary>
    internal static SavedMachineJson Readable => new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
