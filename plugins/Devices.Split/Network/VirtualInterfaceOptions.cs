using System.ComponentModel;
using Dominion.Plugins;
using Dominion.Services;

namespace Dominion.Devices.Split.Network;

/// <summary>The options of <c>vif</c>.</summary>
public sealed class VirtualInterfaceOptions
{
    /// <summary>The network segment that the interface is attached to.</summary>
    [PrimaryOption]
    [RequiredOption]
    [Description("the network segment that the interface is attached to")]
    public ServiceReference<INetworkSegment> Segment { get; set; }

    /// <summary>The station's address.</summary>
    [Description("the station's address; by default made from the names of the domain and the device")]
    public MacAddress? Mac { get; set; }

    /// <summary>How many pairs of rings the guest may use.</summary>
    [Description("how many pairs of rings the guest may use")]
    [OptionRange(1, 16)]
    public int Queues { get; set; } = 4;
}
