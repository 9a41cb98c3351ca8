using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Tests.FloatingPoint;

/// <summary>What an instruction left behind: the status and tag words, the top two registers, the memory operand.</summary>
internal readonly record struct HostX87Result(ushort Status, ushort Tags, Float80 Top, Float80 Next, UInt128 Memory)
{
    public FloatExceptions Exceptions => (FloatExceptions)(Status & 0x3F);

    public bool C1 => (Status & 0x200) != 0;

    public bool IsErrorSummary => (Status & 0x80) != 0;

    /// <summary>C3:C2:C0, the bits that a comparison and FXAM define.</summary>
    public int Relation => ((Status >> 12) & 4) | ((Status >> 9) & 2) | ((Status >> 8) & 1);

    /// <summary>C3 to C0 at their places in the status word.</summary>
    public ushort ConditionCodes => (ushort)(Status & 0x4700);
}
