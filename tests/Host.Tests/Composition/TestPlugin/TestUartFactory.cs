using Dominion.Devices;
using Dominion.Plugins;

namespace Dominion.Host.Tests.Composition.TestPlugin;

[Device("test-uart", Options = typeof(TestUartOptions), Summary = "A UART that is only named.")]
public sealed class TestUartFactory : DeviceFactory<TestUartOptions>
{
    protected override IDevice Create(IDeviceContext context, TestUartOptions options) => throw new InvalidOperationException("composition makes no device");
}
