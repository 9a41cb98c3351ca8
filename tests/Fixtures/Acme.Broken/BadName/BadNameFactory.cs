using Dominion.Devices;
using Dominion.Plugins;

namespace Acme.Broken;

[Device("Not A Name")]
public sealed class BadNameFactory : IDeviceFactory
{
    public IDevice Create(IDeviceContext context, object? options) => throw new NotSupportedException("this fixture is never made");
}
