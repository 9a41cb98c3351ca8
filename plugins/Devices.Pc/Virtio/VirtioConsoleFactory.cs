using Dominion.Plugins;

namespace Dominion.Devices.Pc.Virtio;

/// <summary>Makes virtio consoles.</summary>
[Device("virtio-console", Options = typeof(VirtioConsoleOptions), Summary = "virtio 1.x console with one port on PCI")]
public sealed class VirtioConsoleFactory : DeviceFactory<VirtioConsoleOptions>
{
    private const uint OtherCommunicationClass = 0x07_80_00;

    /// <inheritdoc/>
    protected override IDevice Create(IDeviceContext context, VirtioConsoleOptions options) =>
        new VirtioPciFunction(context, new VirtioConsole(context.Log, context.GetService(options.Stream), context.Post), OtherCommunicationClass);
}
