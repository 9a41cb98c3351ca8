namespace Dominion.Cpu.X86.Tests.Platform;

/// <summary>What the host's CPU can do, as Linux tells it: .NET's own answer depends on DOTNET_EnableHWIntrinsic and its kin, with which the software paths are tested.</summary>
internal static class HostFeatures
{
    private static readonly HashSet<string> Known = Read();

    /// <summary>Whether the host has a feature, by Linux's name.</summary>
    public static bool Has(string name) => Known.Contains(name);

    private static HashSet<string> Read()
    {
        const string Path = "/proc/cpuinfo";
        string? line = File.Exists(Path) ? File.ReadLines(Path).FirstOrDefault(text => text.StartsWith("flags", StringComparison.Ordinal)) : null;
        return line == null ? [] : [.. line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)];
    }
}
