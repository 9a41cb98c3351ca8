using Dominion.Devices;
using Dominion.Plugins;

namespace Dominion.Host.Tests.Composition.TestPlugin;

[Device("test-nic", Options = typeof(TestNicOptions))]
public sealed class TestNicFactory : DeviceFactory<TestNicOptions>
{
    protected override IDevice Create(IDeviceContext context, TestNicOptions options) => throw new InvalidOperationException("composition makes no device");
}
