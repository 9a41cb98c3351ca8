using System.Reflection;
using Dominion.Devices.Split.Block;
using Dominion.Devices.Split.Network;
using Dominion.Plugins;
using Dominion.Split;

namespace Dominion.Devices.Split.Tests;

public class ExportsTests
{
    [Fact]
    public void Assembly_is_a_plugin_of_this_contract_level()
    {
        PluginAttribute plugin = typeof(VirtualBlockBackendFactory).Assembly.GetCustomAttribute<PluginAttribute>()!;
        Assert.Equal("dominion.devices.split", plugin.Id);
        Assert.InRange(ContractLevel.Current, plugin.MinimumLevel, plugin.MaximumLevel);
    }

    [Fact]
    public void Each_backend_has_the_name_of_its_device_class()
    {
        foreach (IBackendFactory factory in (IBackendFactory[])[new VirtualBlockBackendFactory(), new VirtualInterfaceBackendFactory()])
            Assert.Equal(factory.GetType().GetCustomAttribute<BackendAttribute>()!.Name, factory.DeviceClass);
    }

    [Fact]
    public void The_frontend_says_that_it_is_not_available()
    {
        FrontendAttribute frontend = typeof(VirtualBlockFrontend).GetCustomAttribute<FrontendAttribute>()!;
        Assert.Equal(frontend.Name, new VirtualBlockFrontend().DeviceClass);
        Assert.Contains("not available in this build", frontend.Summary, StringComparison.Ordinal);
    }
}
