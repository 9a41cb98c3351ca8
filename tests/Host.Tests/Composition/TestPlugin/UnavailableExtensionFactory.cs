using Dominion.Cpu;
using Dominion.Plugins;

namespace Dominion.Host.Tests.Composition.TestPlugin;

[Extension("later-extension")]
public sealed class UnavailableExtensionFactory : ICpuExtensionFactory
{
    public string Architecture => "x86";

    public string? Unavailable => "it is not built yet";
}
