namespace Dominion.Cpu.X86.FloatingPoint;

/// <summary>The outcome of a comparison, as the bits that EFLAGS takes from it: ZF is bit 2, PF bit 1 and CF bit 0, which
/// are C3, C2 and C0 in the same order (SDM 1 8.3.6.1).</summary>
internal enum FloatRelation : byte
{
    Greater = 0b000,
    Less = 0b001,
    Equal = 0b100,
    Unordered = 0b111,
}
