using System.Numerics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Integer.Fields;

/// <summary>The VEX-encoded instructions of BMI1 and BMI2 on general-purpose registers. TZCNT and LZCNT are with BSF and BSR.</summary>
internal static unsafe class FieldInstructions
{
    public static void Register(LoweringTable table)
    {
        table.Add(&LowerSecondFirst<FieldOperations.AndNot>, Mnemonic.Andn);
        table.Add(&LowerSecondFirst<FieldOperations.Deposit>, Mnemonic.Pdep);
        table.Add(&LowerSecondFirst<FieldOperations.Extract>, Mnemonic.Pext);
        table.Add(&LowerSecondFirst<FieldOperations.Multiply>, Mnemonic.Mulx);
        table.Add(&LowerSourceFirst<FieldOperations.ExtractField>, Mnemonic.Bextr);
        table.Add(&LowerSourceFirst<FieldOperations.ZeroHigh>, Mnemonic.Bzhi);
        table.Add(&LowerSourceFirst<FieldOperations.RotateRight>, Mnemonic.Rorx);
        table.Add(&LowerSourceFirst<FieldOperations.ShiftArithmetic>, Mnemonic.Sarx);
        table.Add(&LowerSourceFirst<FieldOperations.ShiftLeft>, Mnemonic.Shlx);
        table.Add(&LowerSourceFirst<FieldOperations.ShiftRight>, Mnemonic.Shrx);
        table.Add(&LowerSourceFirst<FieldOperations.IsolateLowest>, Mnemonic.Blsi);
        table.Add(&LowerSourceFirst<FieldOperations.MaskToLowest>, Mnemonic.Blsmsk);
        table.Add(&LowerSourceFirst<FieldOperations.ResetLowest>, Mnemonic.Blsr);
    }

    /// <summary>Destination, second source (VEX.vvvv), source.</summary>
    private static bool LowerSecondFirst<TOperation>(in Instruction i, ref Lowering l)
        where TOperation : IFieldOperation
    {
        l.Op->Extra = Offsets.Of(i.Op1Register);
        return Lower<TOperation>(i, ref l, 2);
    }

    /// <summary>Destination, source, and perhaps a second source in VEX.vvvv or immediate.</summary>
    private static bool LowerSourceFirst<TOperation>(in Instruction i, ref Lowering l)
        where TOperation : IFieldOperation
    {
        if (i.OpCount == 3 && Operands.IsImmediate(i, 2))
            l.Op->Immediate = i.Immediate8;
        else if (i.OpCount == 3)
            l.Op->Extra = Offsets.Of(i.Op2Register);
        return Lower<TOperation>(i, ref l, 1);
    }

    /// <summary>VEX is not recognised in real-address and virtual-8086 mode (SDM volume 2, 2.3.1 and table 2-29).</summary>
    private static bool Lower<TOperation>(in Instruction i, ref Lowering l, int source)
        where TOperation : IFieldOperation =>
        (l.Mode & BlockMode.Protected) != 0
        && (i.Op0Register.GetSize() == 8 ? Lower<TOperation, ulong>(i, ref l, source) : Lower<TOperation, uint>(i, ref l, source));

    private static bool Lower<TOperation, T>(in Instruction i, ref Lowering l, int source)
        where TOperation : IFieldOperation
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        l.Op->Reg = Offsets.Of(i.Op0Register);
        if (!Lowering.IsMemory(i, source))
        {
            l.Op->Rm = Offsets.Of(i.GetOpRegister(source));
            return l.Use(&FieldHandlers<TOperation, T>.Register);
        }

        return l.Use(l.UseMemory(i) switch
        {
            AddressKind.BaseDisplacement => &FieldHandlers<TOperation, T>.Memory<BaseDisplacement>,
            AddressKind.Flat64 => &FieldHandlers<TOperation, T>.Memory<Flat64>,
            _ => &FieldHandlers<TOperation, T>.Memory<Segmented>,
        });
    }
}
