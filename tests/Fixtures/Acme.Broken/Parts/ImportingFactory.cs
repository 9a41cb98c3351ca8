using System.Composition;
using Dominion.Devices;
using Dominion.Plugins;

namespace Acme.Broken;

[Device("importing")]
[method: ImportingConstructor]
public sealed class ImportingFactory(IDisposable nobodyExportsThis) : IDeviceFactory
{
    public IDevice Create(IDeviceContext context, object? options) => throw new NotSupportedException($"this fixture is never made: {nobodyExportsThis}");
}
