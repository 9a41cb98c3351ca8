using Dominion.Cpu;
using Dominion.Plugins;

namespace Dominion.ScriptedDomains;

/// <summary>A core that is only named: scripted domains make none.</summary>
[CpuCore("scripted")]
public sealed class ScriptedCoreFactory : ICpuCoreFactory
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Models { get; } = ["none"];

    /// <inheritdoc/>
    public IReadOnlyList<string> Engines { get; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<string> Features { get; } = [];

    /// <inheritdoc/>
    public ICpuCore Create(CpuCoreContext context) => throw new InvalidOperationException("a scripted domain has no core");
}
