using Dominion.Devices;
using Dominion.Plugins;

namespace Acme.Broken;

[Device("twice")]
public sealed class SecondFactory : IDeviceFactory
{
    public IDevice Create(IDeviceContext context, object? options) => throw new NotSupportedException("this fixture is never made");
}
