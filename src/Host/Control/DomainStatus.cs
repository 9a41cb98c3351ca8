namespace Dominion.Host.Control;

/// <summary>What a domain is at one moment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its id.</param>
/// <param name="State">Its state: <c>created</c>, <c>running</c>, <c>paused</c>, <c>powered-off</c>, <c>crashed</c> or <c>destroyed</c>.</param>
/// <param name="Reason">Why it came into its state, or null.</param>
/// <param name="MemoryBytes">Its RAM.</param>
/// <param name="VcpuCount">How many vCPUs it has.</param>
/// <param name="Instructions">How many instructions they have retired together.</param>
public sealed record DomainStatus(string Name, int Id, string State, string? Reason, ulong MemoryBytes, int VcpuCount, long Instructions);
