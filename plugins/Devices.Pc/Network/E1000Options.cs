using Dominion.Plugins;
using Dominion.Services;

namespace Dominion.Devices.Pc.Network;

/// <summary>The options of <c>e1000</c>.</summary>
public sealed class E1000Options
{
    /// <summary>The network segment that the card is attached to.</summary>
    [PrimaryOption]
    [RequiredOption]
    public ServiceReference<INetworkSegment> Segment { get; set; }

    /// <summary>The station's address. When it is not given it is made from the names of the domain and the device, so that it is the same in every run.</summary>
    public MacAddress? Mac { get; set; }
}
