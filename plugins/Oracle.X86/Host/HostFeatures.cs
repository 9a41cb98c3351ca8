namespace Dominion.Oracle.X86.Host;

/// <summary>What the host's processor can do, as Linux tells it: .NET's own answer depends on DOTNET_EnableHWIntrinsic and its kin.</summary>
internal static class HostFeatures
{
    private const string Path = "/proc/cpuinfo";
    private static readonly HashSet<string> Known = [.. Read("flags").Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>The processor's name.</summary>
    public static string Name { get; } = Read("model name");

    /// <summary>Whether the processor keeps the x87 opcode and operand of every instruction, as AMD's do; Intel's newer ones keep them at an unmasked exception only (SDM volume 1, 8.1.8 and 8.1.9).</summary>
    public static bool KeepsFloatPointers { get; } = Read("vendor_id") == "AuthenticAMD";

    /// <summary>Whether the host has a feature, by Linux's name.</summary>
    public static bool Has(string name) => Known.Contains(name);

    private static string Read(string key)
    {
        string? line = File.Exists(Path) ? File.ReadLines(Path).FirstOrDefault(text => text.StartsWith(key, StringComparison.Ordinal)) : null;
        return line is null ? "" : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
