using Dominion.Cpu;
using Dominion.Plugins;

namespace Dominion.Host.Tests.Composition.TestPlugin;

[CpuCore("x86", Summary = "A core that is only named.")]
public sealed class TestCoreFactory : ICpuCoreFactory
{
    public IReadOnlyList<string> Models { get; } = ["x86-64-v2", "x86-64-v3"];

    public IReadOnlyList<string> Engines { get; } = ["interpreter"];

    public IReadOnlyList<string> Features { get; } = ["avx", "pcid"];

    public ICpuCore Create(CpuCoreContext context) => throw new InvalidOperationException("composition makes no core");
}
