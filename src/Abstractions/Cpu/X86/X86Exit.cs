namespace Dominion.Cpu.X86;

/// <summary>How a run ended.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Instructions">Instructions retired in this run.</param>
public readonly record struct X86Exit(X86ExitReason Reason, long Instructions);
