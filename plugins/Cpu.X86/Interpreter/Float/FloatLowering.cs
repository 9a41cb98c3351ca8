using Dominion.Cpu.X86.Decoding;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Float;

/// <summary>What the x87 groups share in lowering.</summary>
internal static unsafe class FloatLowering
{
    /// <summary>The number of a stack register.</summary>
    public static ushort Number(Register register) => (ushort)(register - Register.ST0);

    /// <summary>Fills in the opcode as FNSTENV stores it: the low three bits of the first byte, then the ModRM byte (SDM volume 1, 8.1.9). No prefix lies in D8 to DF, so the first byte there is the opcode.</summary>
    public static void UseOpcode(ref Lowering l)
    {
        byte* code = l.Code;
        while ((*code & 0xF8) != 0xD8)
            code++;
        l.Op->Extra = (ushort)(((code[0] & 7) << 8) | code[1]);
    }

    /// <summary>Fills in the opcode, the destination, the source and how many registers are popped.</summary>
    public static void UseStack(ref Lowering l, int destination, int source, int pops)
    {
        UseOpcode(ref l);
        l.Op->Reg = (ushort)destination;
        l.Op->Rm = (ushort)source;
        l.Op->Size = (byte)pops;
    }

    /// <summary>Fills in the opcode, the memory operand and how many registers are popped.</summary>
    public static AddressKind UseMemory(in Instruction i, ref Lowering l, int pops)
    {
        UseOpcode(ref l);
        l.Op->Size = (byte)pops;
        return l.UseMemory(i);
    }
}
