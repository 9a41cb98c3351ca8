using System.Text.Json;
using System.Text.Json.Serialization;
using Dominion.Diagnostics;

namespace Dominion.Cpu.X86.Models;

/// <summary>The CPU models: one file each, beside this class, in the assembly.</summary>
internal static class CpuModelCatalog
{
    private const string Prefix = "Models/";

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new HexNumberConverter(), new HexLongConverter() },
    };

    /// <summary>The model of a manifest that names none.</summary>
    private const string Default = "x86-64-v2";

    /// <summary>The names of the models, the default first.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(CpuModelCatalog).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..])
            .OrderBy(name => name != Default).ThenBy(name => name, StringComparer.Ordinal),
    ];

    /// <summary>Reads a model.</summary>
    /// <exception cref="DiagnosticException">There is no such model.</exception>
    public static CpuModel Find(string name)
    {
        using Stream? stream = typeof(CpuModelCatalog).Assembly.GetManifestResourceStream(Prefix + name);
        if (stream == null)
            throw new DiagnosticException("DOM3103", $"there is no CPU model '{name}'", string.Join(", ", Names));
        CpuModel model = JsonSerializer.Deserialize<CpuModel>(stream, Options)!;
        foreach (string feature in model.Features)
        {
            if (CpuFeatures.Find(feature) == null)
                throw new InvalidDataException($"the model '{name}' has a feature '{feature}' that the core does not implement");
        }

        return model;
    }
}
