using System.Security.Cryptography;
using System.Text;
using Dominion.Diagnostics;
using Dominion.Plugins;

namespace Dominion.Devices.Pc.Virtio;

/// <summary>Makes virtio network devices.</summary>
[Device("virtio-net", Options = typeof(VirtioNetworkOptions), Summary = "virtio 1.x network device on PCI")]
public sealed class VirtioNetworkFactory : DeviceFactory<VirtioNetworkOptions>
{
    private const uint EthernetClass = 0x02_00_00;
    private const ulong GroupBit = 1UL << 40;
    private const ulong LocalBit = 1UL << 41;

    /// <summary>The address of a device that is given none: unicast, locally administered, 46 bits of a hash of its names.</summary>
    /// <param name="domain">The domain's name.</param>
    /// <param name="device">The device's name in it.</param>
    /// <returns>The address.</returns>
    internal static MacAddress GetDefaultAddress(string domain, string device)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{domain}/{device}"));
        ulong value = 0;
        for (int i = 0; i < 6; i++)
            value = (value << 8) | hash[i];
        return new MacAddress((value & ~GroupBit) | LocalBit);
    }

    /// <inheritdoc/>
    protected override IDevice Create(IDeviceContext context, VirtioNetworkOptions options)
    {
        MacAddress address = options.Mac ?? GetDefaultAddress(context.DomainName, context.Name);
        if (address.Value == 0 || (address.Value & GroupBit) != 0)
            throw new DiagnosticException("DOM3212", $"{address} is no address of a station", "the first octet must be even, and not all octets 0");
        VirtioNetwork device = new(context.Log, context.GetService(options.Segment), address, context.Post);
        return new VirtioPciFunction(context, device, EthernetClass);
    }
}
