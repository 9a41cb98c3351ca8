using Dominion.Host.Machine.Domains;
using Dominion.Host.Machine.Scheduling;
using Dominion.Host.Machine.Time;

namespace Dominion.Host.Machine.Saving;

/// <summary>What of a machine has state.</summary>
/// <param name="Scheduler">Its scheduler.</param>
/// <param name="Clock">The services' time.</param>
/// <param name="Services">The services, in the plan's order.</param>
/// <param name="Domains">The domains, in the plan's order.</param>
internal sealed record MachineParts(
    IScheduler Scheduler,
    DomainClock Clock,
    IReadOnlyList<(string Name, object Service)> Services,
    IReadOnlyList<DomainRuntime> Domains);
