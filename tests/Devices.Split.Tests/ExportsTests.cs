using System.Reflection;
using Dominion.Devices.Split.Block;
using Dominion.Plugins;

namespace Dominion.Devices.Split.Tests;

public class ExportsTests
{
    [Fact]
    public void Assembly_is_a_plugin_of_this_contract_level()
    {
        PluginAttribute plugin = typeof(VirtualBlockBackend).Assembly.GetCustomAttribute<PluginAttribute>()!;
        Assert.Equal("dominion.devices.split", plugin.Id);
        Assert.InRange(ContractLevel.Current, plugin.MinimumLevel, plugin.MaximumLevel);
    }

    [Fact]
    public void Block_pair_has_one_device_class_and_says_that_it_is_not_available()
    {
        BackendAttribute backend = typeof(VirtualBlockBackend).GetCustomAttribute<BackendAttribute>()!;
        FrontendAttribute frontend = typeof(VirtualBlockFrontend).GetCustomAttribute<FrontendAttribute>()!;
        Assert.Equal(backend.Name, new VirtualBlockBackend().DeviceClass);
        Assert.Equal(frontend.Name, new VirtualBlockFrontend().DeviceClass);
        Assert.Contains("not available in this build", backend.Summary, StringComparison.Ordinal);
        Assert.Contains("not available in this build", frontend.Summary, StringComparison.Ordinal);
    }
}
