namespace Dominion.Cpu.X86.Tests.Paging;

/// <summary>An entry on the way of a walk.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Shift">The lowest bit of the linear address that selects it.</param>
/// <param name="Value">What it holds.</param>
internal sealed record WalkEntry(ulong Address, int Shift, ulong Value);
