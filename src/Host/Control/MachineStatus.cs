namespace Dominion.Host.Control;

/// <summary>What a running machine is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ProcessId">The process that runs it.</param>
/// <param name="Domains">Its domains, in the manifest's order.</param>
public sealed record MachineStatus(string Name, int ProcessId, IReadOnlyList<DomainStatus> Domains);
