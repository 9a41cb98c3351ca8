using Dominion.Devices;
using Dominion.Plugins;

namespace Acme.Broken;

[Device("throwing")]
public sealed class ThrowingFactory : IDeviceFactory
{
    public ThrowingFactory()
    {
        throw new InvalidOperationException("out of luck");
    }

    public IDevice Create(IDeviceContext context, object? options) => throw new NotSupportedException("this fixture is never made");
}
