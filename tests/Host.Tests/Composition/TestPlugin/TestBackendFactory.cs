using Dominion.Diagnostics;
using Dominion.Plugins;
using Dominion.Split;

namespace Dominion.Host.Tests.Composition.TestPlugin;

[Backend("test-vbd", Options = typeof(TestBackendOptions))]
public sealed class TestBackendFactory : BackendFactory<TestBackendOptions>
{
    public override string DeviceClass => "vbd";

    protected override int GetDeviceNumber(TestBackendOptions options, int index) =>
        options.Number == 13 ? throw new DiagnosticException("TEST13", "no device has this number") : options.Number ?? index;

    protected override IBackend Create(IBackendContext context, TestBackendOptions options) => throw new InvalidOperationException("composition makes no backend");
}
