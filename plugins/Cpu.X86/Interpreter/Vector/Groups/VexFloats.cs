using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.Interpreter.Vector.Operations;
using Dominion.Cpu.X86.Interpreter.Vector.Vex;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Vector.Groups;

/// <summary>Floating-point operations with VEX whose forms differ from those without, and F16C. The others are beside their counterparts.</summary>
internal static unsafe class VexFloats
{
    public static void Register(LoweringTable table)
    {
        table.Add(&VexLowering.Float<ElementOperations.PackedSingle<ElementOperations.CompareExtended>>, Mnemonic.Vcmpps);
        table.Add(&VexLowering.Float<ElementOperations.PackedDouble<ElementOperations.CompareExtended>>, Mnemonic.Vcmppd);
        table.Add(&VexLowering.Float<ElementOperations.ScalarSingle<ElementOperations.CompareExtended>>, Mnemonic.Vcmpss);
        table.Add(&VexLowering.Float<ElementOperations.ScalarDouble<ElementOperations.CompareExtended>>, Mnemonic.Vcmpsd);
        table.Add(&Widened<FloatConversions.PackedSingleToDouble>, Mnemonic.Vcvtps2pd);
        table.Add(&Widened<FloatConversions.PairInt32ToDouble>, Mnemonic.Vcvtdq2pd);
        table.Add(&Widened<FloatConversions.HalfToSingle>, Mnemonic.Vcvtph2ps);
        table.Add(&Narrowed<FloatConversions.PackedDoubleToSingle>, Mnemonic.Vcvtpd2ps);
        table.Add(&Narrowed<FloatConversions.PackedDoubleToInt32>, Mnemonic.Vcvtpd2dq);
        table.Add(&Narrowed<FloatConversions.PackedDoubleToInt32Truncated>, Mnemonic.Vcvttpd2dq);
        table.Add(&DotProduct, Mnemonic.Vdpps);
        table.Add(&ToHalf, Mnemonic.Vcvtps2ph);
    }

    private static bool Widened<TOperation>(in Instruction i, ref Lowering l)
        where TOperation : IFloatOperation =>
        VexLowering.IsWide(i) ? VexLowering.Use<FloatForms.Widened<TOperation>>(i, ref l) : VexLowering.Use<FloatForms.Xmm<TOperation>>(i, ref l);

    private static bool Narrowed<TOperation>(in Instruction i, ref Lowering l)
        where TOperation : IFloatOperation =>
        VexLowering.IsWide(i) ? VexLowering.Use<FloatForms.Narrowed<TOperation>>(i, ref l) : VexLowering.Use<FloatForms.Xmm<TOperation>>(i, ref l);

    private static bool DotProduct(in Instruction i, ref Lowering l) =>
        VexLowering.IsWide(i) ? VexLowering.Use<DotProductForm>(i, ref l) : VexLowering.Use<FloatForms.Xmm<FloatPairs.DotProductSingle>>(i, ref l);

    private static bool ToHalf(in Instruction i, ref Lowering l)
    {
        l.Op->Rm = VectorOffsets.Of(i.Op1Register);
        l.Op->Size = (byte)i.Op1Register.GetSize();
        l.Op->Immediate = (byte)i.GetImmediate(2);
        if (!Lowering.IsMemory(i, 0))
        {
            l.Op->Reg = VectorOffsets.Of(i.Op0Register);
            return l.Use(&HalfStoreHandlers.Register);
        }

        return l.Use(l.UseMemory(i) switch
        {
            AddressKind.BaseDisplacement => &HalfStoreHandlers.Memory<BaseDisplacement>,
            AddressKind.Flat64 => &HalfStoreHandlers.Memory<Flat64>,
            _ => &HalfStoreHandlers.Memory<Segmented>,
        });
    }
}
