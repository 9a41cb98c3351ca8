using Dominion.Diagnostics;
using Dominion.Host.Composition;
using Dominion.Split;

namespace Dominion.Host.Machine.Domains;

/// <summary>A split device of the plan whose domain has yet to make its backend.</summary>
internal sealed class BackendBinding : IBackendBinding
{
    private readonly SplitDevicePlan _plan;

    internal BackendBinding(SplitDevicePlan plan)
    {
        _plan = plan;
    }

    /// <inheritdoc/>
    public string Backend => _plan.Export;

    /// <inheritdoc/>
    public string Name => _plan.Name;

    /// <inheritdoc/>
    public string DeviceClass => _plan.DeviceClass;

    /// <inheritdoc/>
    public int DeviceNumber => _plan.DeviceNumber;

    /// <inheritdoc/>
    public IBackend Create(IBackendContext context)
    {
        try
        {
            return _plan.Factory.Create(context, _plan.Options);
        }
        catch (Exception defect) when (defect is not DiagnosticException)
        {
            throw new DiagnosticException(MachineDiagnostics.DomainFailed, $"the backend of '{Name}' ({Backend}) could not be made: {defect.GetType().Name}: {defect.Message}");
        }
    }
}
