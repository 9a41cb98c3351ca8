using Dominion.Devices;
using Dominion.Plugins;

namespace Acme.Broken;

[Device("acme-uart")]
public sealed class RivalFactory : IDeviceFactory
{
    public IDevice Create(IDeviceContext context, object? options) => throw new NotSupportedException("this fixture is never made");
}
