namespace Dominion.Cpu.X86.FloatingPoint;

/// <summary>The RC field of the x87 control word and of MXCSR, in its encoding (SDM 1 table 4-8).</summary>
internal enum RoundingMode : byte
{
    NearestEven = 0,
    Down = 1,
    Up = 2,
    TowardZero = 3,
}
