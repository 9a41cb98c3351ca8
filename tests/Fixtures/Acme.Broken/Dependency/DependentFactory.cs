using Dominion.Devices;
using Dominion.Plugins;
using YamlDotNet.Core;

namespace Acme.Broken;

[Device("dependent")]
public sealed class DependentFactory : Parser, IDeviceFactory
{
    public DependentFactory()
        : base(new StringReader(""))
    {
    }

    public IDevice Create(IDeviceContext context, object? options) => throw new NotSupportedException("this fixture is never made");
}
