using Dominion.Domains;
using Dominion.Paravirt.Xen.Building;
using Dominion.Plugins;

namespace Dominion.Paravirt.Xen.Domains;

/// <summary>Makes <c>pv</c> domains.</summary>
[DomainType("pv", Options = typeof(PvOptions), Summary = "runs a kernel that is built for Xen's ABI, deprivileged, with no board")]
public sealed class PvDomainFactory : IDomainTypeFactory
{
    /// <inheritdoc/>
    public bool UsesBoard => false;

    /// <inheritdoc/>
    public bool UsesSplitDevices => true;

    /// <inheritdoc/>
    public IDomain Create(IDomainContext context, object? options)
    {
        PvBoot boot = PvBoot.Read(context.Name, (PvOptions)options!, context.MemorySize);
        Hypervisor hypervisor = context.GetMachineWide(() => new Hypervisor(context.MachineMemory));
        return new PvDomain(context, hypervisor, boot);
    }
}
