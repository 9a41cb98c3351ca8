using Dominion.Paravirt.Xen.EventChannels;
using Dominion.Paravirt.Xen.XenStore;

namespace Dominion.Paravirt.Xen.XenBus;

/// <summary>What the backends of one domain's devices share.</summary>
internal sealed class SplitDeviceHost
{
    /// <summary>The frontends' domain.</summary>
    public required ushort DomainId { get; init; }

    /// <summary>Whether its kernel is 64 bits wide.</summary>
    public required bool Is64Bit { get; init; }

    /// <summary>XenStore, as Domain-0 reaches it.</summary>
    public required XenStoreManagedConnection Store { get; init; }

    /// <summary>Domain-0's event channels.</summary>
    public required EventChannelTable ControlChannels { get; init; }

    /// <summary>The domain's event channels.</summary>
    public required EventChannelTable Channels { get; init; }

    /// <summary>Uses of the domain's grants.</summary>
    public required GrantUse Grants { get; init; }

    /// <summary>Runs an action soon under the domain's device lock. Safe from any thread.</summary>
    public required Action<Action> Post { get; init; }
}
