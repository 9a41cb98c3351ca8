using Dominion.Devices;
using Dominion.Plugins;

namespace Acme.Broken;

[Device("good")]
public sealed class GoodFactory : IDeviceFactory
{
    public IDevice Create(IDeviceContext context, object? options) => throw new NotSupportedException("this fixture is never made");
}
