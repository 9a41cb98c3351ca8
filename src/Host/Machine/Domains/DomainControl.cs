using Dominion.Devices;
using Dominion.Domains;

namespace Dominion.Host.Machine.Domains;

/// <summary>What a domain's devices can do to it.</summary>
internal sealed class DomainControl : IDomainControl
{
    private readonly DomainRuntime _domain;

    internal DomainControl(DomainRuntime domain)
    {
        _domain = domain;
    }

    /// <inheritdoc/>
    public void PowerOff(string device) => _domain.RequestEnd(DomainState.PoweredOff, $"powered off by {device}");

    /// <inheritdoc/>
    public void Reset(string device) => _domain.RequestReset($"reset by {device}");

    /// <inheritdoc/>
    public void Exit(string device, int code)
    {
        DomainState state = code == 0 ? DomainState.PoweredOff : DomainState.Crashed;
        _domain.RequestEnd(state, $"ended with code {code} by {device}");
    }
}
