using Dominion.Plugins;
using Dominion.Services;

namespace Dominion.Devices.Pc.Virtio;

/// <summary>Makes virtio entropy devices.</summary>
[Device("virtio-rng", Options = typeof(VirtioEntropyOptions), Summary = "virtio 1.x entropy device on PCI")]
public sealed class VirtioEntropyFactory : DeviceFactory<VirtioEntropyOptions>
{
    private const uint OtherClass = 0xFF_00_00;

    /// <inheritdoc/>
    protected override IDevice Create(IDeviceContext context, VirtioEntropyOptions options)
    {
        IEntropySource source = options.Source is { Name.Length: > 0 } reference ? context.GetService(reference) : new HostEntropy();
        return new VirtioPciFunction(context, new VirtioEntropy(context.Log, source), OtherClass);
    }
}
