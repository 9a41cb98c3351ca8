using Dominion.Plugins;
using Dominion.Services;

namespace Dominion.Devices.Pc.Virtio;

/// <summary>The options of <c>virtio-rng</c>.</summary>
public sealed class VirtioEntropyOptions
{
    /// <summary>Where the random bytes come from; the host's own generator when it is not given. For runs that repeat, name an <c>entropy</c> service with a seed.</summary>
    [PrimaryOption]
    public ServiceReference<IEntropySource>? Source { get; set; }
}
