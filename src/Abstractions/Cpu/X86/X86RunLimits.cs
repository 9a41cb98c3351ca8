namespace Dominion.Cpu.X86;

/// <summary>Bounds of one run.</summary>
/// <param name="Instructions">The most instructions to retire, from 1.</param>
public readonly record struct X86RunLimits(long Instructions);
