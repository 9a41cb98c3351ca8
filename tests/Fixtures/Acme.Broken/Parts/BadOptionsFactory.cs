using Dominion.Devices;
using Dominion.Plugins;

namespace Acme.Broken;

[Device("bad-options", Options = typeof(BadOptions))]
public sealed class BadOptionsFactory : IDeviceFactory
{
    public IDevice Create(IDeviceContext context, object? options) => throw new NotSupportedException("this fixture is never made");
}
