using System.Text.Json.Serialization;

namespace Dominion.Host.Machine.Saving;

/// <summary>How a saved machine's description is written as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SavedMachineInfo))]
internal sealed partial class SavedMachineJson : JsonSerializerContext;
