using Dominion.Devices;
using Dominion.Plugins;

namespace Dominion.Host.Tests.Composition.TestPlugin;

[Device("plain")]
public sealed class PlainDeviceFactory : IDeviceFactory
{
    public IDevice Create(IDeviceContext context, object? options) => throw new InvalidOperationException("composition makes no device");
}
