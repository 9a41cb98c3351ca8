using Dominion.Devices;
using Dominion.Diagnostics;
using Dominion.Host.Composition;

namespace Dominion.Host.Machine.Domains;

/// <summary>A device of the plan that its board has yet to make.</summary>
internal sealed class DeviceBinding : IDeviceBinding
{
    private readonly DevicePlan _plan;

    internal DeviceBinding(DevicePlan plan)
    {
        _plan = plan;
    }

    /// <inheritdoc/>
    public string? Slot => _plan.Slot;

    /// <inheritdoc/>
    public string Device => _plan.Export;

    /// <inheritdoc/>
    public string Name => _plan.Name;

    /// <inheritdoc/>
    public IDevice Create(IDeviceContext context)
    {
        try
        {
            return _plan.Factory.Create(context, _plan.Options);
        }
        catch (Exception defect) when (defect is not DiagnosticException)
        {
            throw new DiagnosticException(MachineDiagnostics.DomainFailed, $"device '{Name}' ({Device}) could not be made: {defect.GetType().Name}: {defect.Message}");
        }
    }
}
