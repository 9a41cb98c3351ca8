using Dominion.Plugins;
using Dominion.Services;

namespace Dominion.Devices.Pc.Virtio;

/// <summary>The options of <c>virtio-console</c>.</summary>
public sealed class VirtioConsoleOptions
{
    /// <summary>The character stream behind the device; the domain's own console when it is not given.</summary>
    [PrimaryOption]
    public ServiceReference<ICharacterStream> Stream { get; set; } = new("console");
}
