using Dominion.Devices;
using Dominion.Plugins;

namespace Acme.Broken;

[Device("from-the-future")]
public sealed class WrongLevelFactory : IDeviceFactory
{
    public IDevice Create(IDeviceContext context, object? options) => throw new NotSupportedException("this fixture is never made");
}
