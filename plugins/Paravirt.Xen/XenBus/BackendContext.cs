using Dominion.Diagnostics;
using Dominion.Domains;
using Dominion.Plugins;
using Dominion.Split;
using Dominion.Time;

namespace Dominion.Paravirt.Xen.XenBus;

/// <summary>What a domain gives the backend of one of its devices.</summary>
/// <param name="domain">The domain.</param>
/// <param name="binding">The device.</param>
internal sealed class BackendContext(IDomainContext domain, IBackendBinding binding) : IBackendContext
{
    /// <inheritdoc/>
    public string Name => binding.Name;

    /// <inheritdoc/>
    public string DomainName => domain.Name;

    /// <inheritdoc/>
    public int DeviceNumber => binding.DeviceNumber;

    /// <inheritdoc/>
    public IClock Clock => domain.Clock;

    /// <inheritdoc/>
    public ILog Log { get; } = domain.CreateLog(binding.Name);

    /// <inheritdoc/>
    public TService GetService<TService>(ServiceReference<TService> reference)
        where TService : class => domain.GetService(reference);

    /// <inheritdoc/>
    public void Post(Action action) => domain.Post(action);
}
