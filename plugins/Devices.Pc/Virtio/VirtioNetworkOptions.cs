using Dominion.Plugins;
using Dominion.Services;

namespace Dominion.Devices.Pc.Virtio;

/// <summary>The options of <c>virtio-net</c>.</summary>
public sealed class VirtioNetworkOptions
{
    /// <summary>The network segment that the device is attached to.</summary>
    [PrimaryOption]
    [RequiredOption]
    public ServiceReference<INetworkSegment> Segment { get; set; }

    /// <summary>The station's address. When it is not given it is made from the names of the domain and the device, so that it is the same in every run.</summary>
    public MacAddress? Mac { get; set; }
}
