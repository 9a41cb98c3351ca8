namespace Dominion.FullVirt.Boot;

/// <summary>Where everything of a boot goes, decided and checked; nothing is written yet.</summary>
/// <param name="Segments">What is put in memory, in this order.</param>
/// <param name="Entry">How the kernel is entered.</param>
internal sealed record BootPlan(IReadOnlyList<BootSegment> Segments, BootEntry Entry);
