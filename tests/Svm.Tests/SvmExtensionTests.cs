using System.Reflection;
using Dominion.Plugins;

namespace Dominion.Svm.Tests;

public class SvmExtensionTests
{
    [Fact]
    public void Assembly_is_a_plugin_of_this_contract_level()
    {
        PluginAttribute plugin = typeof(SvmExtension).Assembly.GetCustomAttribute<PluginAttribute>()!;
        Assert.Equal("dominion.svm", plugin.Id);
        Assert.InRange(ContractLevel.Current, plugin.MinimumLevel, plugin.MaximumLevel);
        Assert.False(plugin.Collectible);
    }

    [Fact]
    public void Name_is_exported_for_x86_cores()
    {
        ExtensionAttribute export = typeof(SvmExtension).GetCustomAttribute<ExtensionAttribute>()!;
        Assert.Equal("svm", export.Name);
        Assert.Equal(ExportKind.Extension, export.Kind);
        Assert.Equal("x86", new SvmExtension().Architecture);
    }

    [Fact]
    public void Use_is_refused_with_a_reason() =>
        Assert.Contains("SVM", new SvmExtension().Unavailable, StringComparison.Ordinal);
}
