using Dominion.Cpu;
using Dominion.Plugins;

namespace Dominion.Host.Tests.Composition.TestPlugin;

[Extension("ready-extension")]
public sealed class TestExtensionFactory : ICpuExtensionFactory
{
    public string Architecture => "x86";

    public string? Unavailable => null;
}
