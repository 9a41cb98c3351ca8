using Dominion.Devices;
using Dominion.Plugins;

namespace Acme.Broken;

[Device("abstract")]
public abstract class AbstractFactory : IDeviceFactory
{
    public abstract IDevice Create(IDeviceContext context, object? options);
}
