using Dominion.Plugins;
using Dominion.Split;

namespace Dominion.Devices.Split.Block;

/// <summary>The frontend of the block device class. The contract has only the name so far: no domain type of this build has event channels and XenStore to run it over.</summary>
[Frontend("vbd", Summary = "block device frontend (not available in this build: it needs a managed domain)")]
public sealed class VirtualBlockFrontend : IFrontendFactory
{
    /// <inheritdoc/>
    public string DeviceClass => "vbd";
}
