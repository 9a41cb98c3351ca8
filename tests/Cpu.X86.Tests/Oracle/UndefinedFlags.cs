using Iced.Intel;

namespace Dominion.Cpu.X86.Tests.Oracle;

/// <summary>Which status flags an instruction leaves undefined: Iced's table, and what depends on operands' values.</summary>
internal static unsafe class UndefinedFlags
{
    private const ulong Overflow = 0x800;
    private const ulong Adjust = 0x10;
    private const ulong Carry = 1;

    /// <summary>The bits in RFLAGS.</summary>
    public static ulong Of(TestCase test)
    {
        RflagsBits bits = test.Instruction.RflagsUndefined;
        ulong undefined = 0;
        if ((bits & RflagsBits.OF) != 0)
            undefined |= Overflow;
        if ((bits & RflagsBits.SF) != 0)
            undefined |= 0x80;
        if ((bits & RflagsBits.ZF) != 0)
            undefined |= 0x40;
        if ((bits & RflagsBits.AF) != 0)
            undefined |= Adjust;
        if ((bits & RflagsBits.PF) != 0)
            undefined |= 4;
        if ((bits & RflagsBits.CF) != 0)
            undefined |= Carry;
        return undefined | OfCount(test);
    }

    /// <summary>Shifts: AF always, OF for counts other than 1, CF for counts past the width (SDM volume 2 SAL/SAR/SHL/SHR, SHLD).</summary>
    private static ulong OfCount(TestCase test)
    {
        Mnemonic mnemonic = test.Instruction.Mnemonic;
        bool rotates = mnemonic is Mnemonic.Rol or Mnemonic.Ror or Mnemonic.Rcl or Mnemonic.Rcr;
        if (!rotates && mnemonic is not (Mnemonic.Shl or Mnemonic.Sal or Mnemonic.Shr or Mnemonic.Sar or Mnemonic.Shld or Mnemonic.Shrd))
            return 0;
        int last = test.Instruction.OpCount - 1;
        ProcessorState state = test.State;
        ulong count = test.Instruction.GetOpKind(last) == OpKind.Immediate8 ? test.Instruction.Immediate8 : state.Gpr[(int)X86Register.Rcx];
        int size = test.Instruction.GetOpKind(0) == OpKind.Register ? test.Instruction.Op0Register.GetSize() : test.Instruction.MemorySize.GetSize();
        count &= size == 8 ? 63UL : 31UL;
        if (count == 0)
            return 0;
        ulong undefined = count == 1 ? 0 : Overflow;
        if (rotates)
            return undefined;
        return undefined | Adjust | (count >= (ulong)(8 * size) ? Carry : 0);
    }
}
