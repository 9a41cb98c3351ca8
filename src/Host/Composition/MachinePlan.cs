namespace Dominion.Host.Composition;

/// <summary>A machine that is fully decided: every export found and its factory made, every option bound and checked. Nothing of the machine exists yet.</summary>
/// <param name="MemoryBytes">How much memory the machine has: what the manifest gives, or what its domains need, and a margin for ROMs and boards.</param>
/// <param name="Clock">How time passes.</param>
/// <param name="Cpu">The cores of domains that do not say otherwise.</param>
/// <param name="Services">The services, in the manifest's order.</param>
/// <param name="Domains">The domains, in the manifest's order.</param>
public sealed record MachinePlan(
    ulong MemoryBytes,
    ClockKind Clock,
    CpuPlan Cpu,
    IReadOnlyList<ServicePlan> Services,
    IReadOnlyList<DomainPlan> Domains)
{
    /// <summary>What the plan was composed from, or null for one that a program has put together; such a machine cannot be saved to a file.</summary>
    public MachineSource? Source { get; init; }
}
