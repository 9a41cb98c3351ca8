using System.Text.Json.Serialization;
using Dominion.Diagnostics;

namespace Dominion.Cpu.X86.Models;

/// <summary>A CPU model, as its file describes it: who made it, what it is called, and what it can do.</summary>
internal sealed record CpuModel
{
    /// <summary>The name that manifests use.</summary>
    public required string Name { get; init; }

    /// <summary>The twelve letters of leaf 0.</summary>
    public required string Vendor { get; init; }

    /// <summary>Whether it is AMD's, where the two makers' processors differ.</summary>
    [JsonIgnore]
    public bool IsAmd => Vendor == "AuthenticAMD";

    /// <summary>The brand string, at most 47 letters.</summary>
    public required string Brand { get; init; }

    /// <summary>EAX of leaf 1: family, model and stepping. Also EDX after reset.</summary>
    public required uint Signature { get; init; }

    /// <summary>The microcode revision as IA32_BIOS_SIGN_ID reports it.</summary>
    public ulong MicrocodeRevision { get; init; }

    /// <summary>IA32_ARCH_CAPABILITIES: which flaws of real processors this one does not have.</summary>
    public ulong ArchitectureCapabilities { get; init; }

    /// <summary>The highest basic leaf.</summary>
    public required uint MaximumLeaf { get; init; }

    /// <summary>The highest extended leaf.</summary>
    public required uint MaximumExtendedLeaf { get; init; }

    /// <summary>The names of the features.</summary>
    public required IReadOnlyList<string> Features { get; init; }

    /// <summary>Leaves that are neither features nor worked out: caches and the like.</summary>
    public IReadOnlyList<CpuidLeaf> Leaves { get; init; } = [];

    /// <summary>The model with features added (<c>x</c>) or taken away (<c>-x</c>).</summary>
    /// <exception cref="DiagnosticException">A feature is not known.</exception>
    public CpuModel With(IReadOnlyList<string> changes)
    {
        if (changes.Count == 0)
            return this;
        var features = new List<string>(Features);
        foreach (string change in changes)
        {
            string name = change.TrimStart('-', '+');
            if (CpuFeatures.Find(name) == null)
                continue;
            features.Remove(name);
            if (!change.StartsWith('-'))
                features.Add(name);
        }

        return this with { Features = features };
    }
}
