using Dominion.Plugins;
using Dominion.Split;

namespace Dominion.Devices.Split.Block;

/// <summary>The backend of the block device class. The contract has only the name so far: no domain type of this build has event channels and XenStore to run it over.</summary>
[Backend("vbd", Summary = "block device backend (not available in this build: it needs a paravirtual domain)")]
public sealed class VirtualBlockBackend : IBackendFactory
{
    /// <inheritdoc/>
    public string DeviceClass => "vbd";
}
