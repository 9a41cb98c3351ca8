using Iced.Intel;

namespace Dominion.Cpu.X86.Tests.Oracle;

/// <summary>What the host's CPU can do, as Linux tells it: .NET's own answer depends on DOTNET_EnableHWIntrinsic and its kin, with which the software paths are tested.</summary>
internal static class HostFeatures
{
    private static readonly Dictionary<CpuidFeature, string> Names = new()
    {
        [CpuidFeature.AVX] = "avx",
        [CpuidFeature.AVX2] = "avx2",
        [CpuidFeature.FMA] = "fma",
        [CpuidFeature.F16C] = "f16c",
        [CpuidFeature.BMI1] = "bmi1",
        [CpuidFeature.BMI2] = "bmi2",
        [CpuidFeature.LZCNT] = "abm",
        [CpuidFeature.MOVBE] = "movbe",
        [CpuidFeature.ADX] = "adx",
        [CpuidFeature.AES] = "aes",
        [CpuidFeature.PCLMULQDQ] = "pclmulqdq",
        [CpuidFeature.SHA] = "sha_ni",
        [CpuidFeature.CLFLUSHOPT] = "clflushopt",
        [CpuidFeature.CLWB] = "clwb",
        [CpuidFeature.PREFETCHW] = "3dnowprefetch",
    };

    private static readonly HashSet<string> Known = Read();

    /// <summary>Whether the host has a feature, by Linux's name.</summary>
    public static bool Has(string name) => Known.Contains(name);

    /// <summary>Whether the host can run an encoding; of the level x86-64-v2 it can run all.</summary>
    public static bool Supports(Code code) => code.CpuidFeatures().All(feature => !Names.TryGetValue(feature, out string? name) || Has(name));

    private static HashSet<string> Read()
    {
        const string Path = "/proc/cpuinfo";
        string? line = File.Exists(Path) ? File.ReadLines(Path).FirstOrDefault(text => text.StartsWith("flags", StringComparison.Ordinal)) : null;
        return line == null ? [] : [.. line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)];
    }
}
