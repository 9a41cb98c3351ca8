using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.Interpreter.Vector.Operations;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Vector.Vex;

/// <summary>Finds the form and the handler for an operation of an instruction with VEX.</summary>
internal static unsafe class VexLowering
{
    private const int UpperImmediateShift = 32;

    /// <summary>Whether the instruction's encoding is VEX.</summary>
    public static bool IsVex(in Instruction i) => i.Code.Encoding() == EncodingKind.VEX;

    /// <summary>Whether the instruction works on 256 bits.</summary>
    public static bool IsWide(in Instruction i) =>
        i.Op0Register.IsYMM() || i.Op1Register.IsYMM() || i.MemorySize.GetSize() == 32;

    /// <summary>An operation on whole registers, the same on both halves.</summary>
    public static bool Packed<TOperation>(in Instruction i, ref Lowering l)
        where TOperation : IPackedOperation =>
        IsWide(i) ? Use<PackedForms.Ymm<TOperation>>(i, ref l) : Use<PackedForms.Xmm<TOperation>>(i, ref l);

    /// <summary>An operation on whole registers whose last source has 128 bits at most.</summary>
    public static bool Shared<TOperation>(in Instruction i, ref Lowering l)
        where TOperation : IPackedOperation =>
        IsWide(i) ? Use<PackedForms.Shared<TOperation>>(i, ref l) : Use<PackedForms.Xmm<TOperation>>(i, ref l);

    /// <summary>An operation on 256 bits that knows no halves.</summary>
    public static bool Across<TOperation>(in Instruction i, ref Lowering l)
        where TOperation : IWideOperation => Use<PackedForms.Across<TOperation>>(i, ref l);

    /// <summary>A floating-point operation.</summary>
    public static bool Float<TOperation>(in Instruction i, ref Lowering l)
        where TOperation : IFloatOperation =>
        IsWide(i) ? Use<FloatForms.Ymm<TOperation>>(i, ref l) : Use<FloatForms.Xmm<TOperation>>(i, ref l);

    /// <summary>An operation whose result goes to a general-purpose register.</summary>
    public static bool General<TOperation>(in Instruction i, ref Lowering l)
        where TOperation : IGeneralResult => Use<ResultForms.General<TOperation>>(i, ref l);

    /// <summary>A comparison that sets the status flags.</summary>
    public static bool Compare<TOperation>(in Instruction i, ref Lowering l)
        where TOperation : IFlagResult =>
        IsWide(i) ? Use<ResultForms.StatusOfBoth<TOperation>>(i, ref l) : Use<ResultForms.Status<TOperation>>(i, ref l);

    /// <summary>Shifts the immediate for the upper half: its bits follow those of the lower.</summary>
    public static bool StepImmediate(ref Lowering l, int bits)
    {
        long immediate = (uint)l.Op->Immediate;
        l.Op->Immediate = immediate | (immediate >> bits << UpperImmediateShift);
        return true;
    }

    /// <summary>Fills in the operands and uses a form.</summary>
    public static bool Use<TForm>(in Instruction i, ref Lowering l)
        where TForm : IVexForm
    {
        int source = UseOperands(i, ref l);
        if (!Lowering.IsMemory(i, source))
        {
            l.Op->Rm = VectorOffsets.Of(i.GetOpRegister(source));
            return l.Use(&VexHandlers<TForm>.Register);
        }

        l.Op->Size = (byte)i.MemorySize.GetSize();
        return l.Use(l.UseMemory(i) switch
        {
            AddressKind.BaseDisplacement => &VexHandlers<TForm>.Memory<BaseDisplacement>,
            AddressKind.Flat64 => &VexHandlers<TForm>.Memory<Flat64>,
            _ => &VexHandlers<TForm>.Memory<Segmented>,
        });
    }

    /// <summary>Fills in the destination, the first source, and the immediate or the fourth register. Where there is only one source, the destination stands for the first.</summary>
    /// <returns>The number of the last source.</returns>
    private static int UseOperands(in Instruction i, ref Lowering l)
    {
        int source = i.OpCount - 1;
        if (Operands.IsImmediate(i, source))
        {
            long immediate = (byte)i.GetImmediate(source);
            l.Op->Immediate = immediate | (immediate << UpperImmediateShift);
            source--;
        }
        else if (source == 3)
        {
            l.Op->Immediate = VectorOffsets.Of(i.Op3Register);
            source--;
        }

        l.Op->Reg = VectorOffsets.Of(i.Op0Register);
        l.Op->Extra = source == 2 ? VectorOffsets.Of(i.Op1Register) : l.Op->Reg;
        return source;
    }
}
