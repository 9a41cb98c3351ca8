using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter;

/// <summary>Questions about a decoded instruction's operands.</summary>
internal static class Operands
{
    /// <summary>The size of an operand in bytes: of its register, or of the memory it names.</summary>
    public static int Size(in Instruction instruction, int operand) => instruction.GetOpKind(operand) switch
    {
        OpKind.Register => instruction.GetOpRegister(operand).GetSize(),
        OpKind.Immediate8 => 1,
        OpKind.Immediate16 or OpKind.Immediate8to16 => 2,
        OpKind.Immediate32 or OpKind.Immediate8to32 => 4,
        OpKind.Immediate64 or OpKind.Immediate8to64 or OpKind.Immediate32to64 => 8,
        _ => instruction.MemorySize.GetSize(),
    };

    /// <summary>Whether an operand is an immediate.</summary>
    public static bool IsImmediate(in Instruction instruction, int operand) => instruction.GetOpKind(operand) switch
    {
        OpKind.Immediate8 or OpKind.Immediate8_2nd or OpKind.Immediate16 or OpKind.Immediate32 or OpKind.Immediate64
            or OpKind.Immediate8to16 or OpKind.Immediate8to32 or OpKind.Immediate8to64 or OpKind.Immediate32to64 => true,
        _ => false,
    };
}
