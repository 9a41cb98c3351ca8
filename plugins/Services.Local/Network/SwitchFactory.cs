using Dominion.Plugins;

namespace Dominion.Services.Local.Network;

/// <summary>Makes Ethernet switches.</summary>
[Service("switch", Options = typeof(SwitchOptions), Summary = "learning Ethernet switch in memory")]
public sealed class SwitchFactory : IServiceFactory
{
    /// <inheritdoc/>
    public Type Contract => typeof(INetworkSegment);

    /// <inheritdoc/>
    public object Create(IServiceContext context, object? options) => new EthernetSwitch(context.Clock, context.Log, (SwitchOptions?)options ?? new SwitchOptions());
}
