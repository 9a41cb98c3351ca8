using System.Reflection;
using Dominion.Plugins;

namespace Dominion.Vmx.Tests;

public class VmxExtensionTests
{
    [Fact]
    public void Assembly_is_a_plugin_of_this_contract_level()
    {
        PluginAttribute plugin = typeof(VmxExtension).Assembly.GetCustomAttribute<PluginAttribute>()!;
        Assert.Equal("dominion.vmx", plugin.Id);
        Assert.InRange(ContractLevel.Current, plugin.MinimumLevel, plugin.MaximumLevel);
        Assert.False(plugin.Collectible);
    }

    [Fact]
    public void Name_is_exported_for_x86_cores()
    {
        ExtensionAttribute export = typeof(VmxExtension).GetCustomAttribute<ExtensionAttribute>()!;
        Assert.Equal("vmx", export.Name);
        Assert.Equal(ExportKind.Extension, export.Kind);
        Assert.Equal("x86", new VmxExtension().Architecture);
    }

    [Fact]
    public void Use_is_refused_with_a_reason() =>
        Assert.Contains("VT-x", new VmxExtension().Unavailable, StringComparison.Ordinal);
}
