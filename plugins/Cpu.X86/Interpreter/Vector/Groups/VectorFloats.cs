using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Vector.Operations;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Vector.Groups;

/// <summary>Floating-point arithmetic and conversions of SSE to SSE4.1.</summary>
internal static unsafe class VectorFloats
{
    public static void Register(LoweringTable table)
    {
        AddArithmetic(table);
        AddElements(table);
        AddComparisons(table);
        AddConversions(table);
        AddMixedConversions(table);
        table.Add(&VectorLowering.Packed<Approximations.Reciprocal>, Mnemonic.Rcpps, Mnemonic.Vrcpps);
        table.Add(&VectorLowering.Packed<Approximations.ReciprocalScalar>, Mnemonic.Rcpss, Mnemonic.Vrcpss);
        table.Add(&VectorLowering.Packed<Approximations.ReciprocalSquareRoot>, Mnemonic.Rsqrtps, Mnemonic.Vrsqrtps);
        table.Add(&VectorLowering.Packed<Approximations.ReciprocalSquareRootScalar>, Mnemonic.Rsqrtss, Mnemonic.Vrsqrtss);
        table.Add(&VectorLowering.General<GeneralResults.Signs<float>>, Mnemonic.Movmskps);
        table.Add(&VectorLowering.General<GeneralResults.Signs<double>>, Mnemonic.Movmskpd);
        table.Add(&VectorLowering.General<GeneralResults.Signs<byte>>, Mnemonic.Pmovmskb);
    }

    private static void AddArithmetic(LoweringTable table)
    {
        table.Add(&VectorLowering.Float<FloatArithmetic.PackedSingle<FloatAdd>>, Mnemonic.Addps, Mnemonic.Vaddps);
        table.Add(&VectorLowering.Float<FloatArithmetic.PackedDouble<FloatAdd>>, Mnemonic.Addpd, Mnemonic.Vaddpd);
        table.Add(&VectorLowering.Float<FloatArithmetic.ScalarSingle<FloatAdd>>, Mnemonic.Addss, Mnemonic.Vaddss);
        table.Add(&VectorLowering.Float<FloatArithmetic.ScalarDouble<FloatAdd>>, Mnemonic.Addsd, Mnemonic.Vaddsd);
        table.Add(&VectorLowering.Float<FloatArithmetic.PackedSingle<FloatSubtract>>, Mnemonic.Subps, Mnemonic.Vsubps);
        table.Add(&VectorLowering.Float<FloatArithmetic.PackedDouble<FloatSubtract>>, Mnemonic.Subpd, Mnemonic.Vsubpd);
        table.Add(&VectorLowering.Float<FloatArithmetic.ScalarSingle<FloatSubtract>>, Mnemonic.Subss, Mnemonic.Vsubss);
        table.Add(&VectorLowering.Float<FloatArithmetic.ScalarDouble<FloatSubtract>>, Mnemonic.Subsd, Mnemonic.Vsubsd);
        table.Add(&VectorLowering.Float<FloatArithmetic.PackedSingle<FloatMultiply>>, Mnemonic.Mulps, Mnemonic.Vmulps);
        table.Add(&VectorLowering.Float<FloatArithmetic.PackedDouble<FloatMultiply>>, Mnemonic.Mulpd, Mnemonic.Vmulpd);
        table.Add(&VectorLowering.Float<FloatArithmetic.ScalarSingle<FloatMultiply>>, Mnemonic.Mulss, Mnemonic.Vmulss);
        table.Add(&VectorLowering.Float<FloatArithmetic.ScalarDouble<FloatMultiply>>, Mnemonic.Mulsd, Mnemonic.Vmulsd);
        table.Add(&VectorLowering.Float<FloatArithmetic.PackedSingle<FloatDivide>>, Mnemonic.Divps, Mnemonic.Vdivps);
        table.Add(&VectorLowering.Float<FloatArithmetic.PackedDouble<FloatDivide>>, Mnemonic.Divpd, Mnemonic.Vdivpd);
        table.Add(&VectorLowering.Float<FloatArithmetic.ScalarSingle<FloatDivide>>, Mnemonic.Divss, Mnemonic.Vdivss);
        table.Add(&VectorLowering.Float<FloatArithmetic.ScalarDouble<FloatDivide>>, Mnemonic.Divsd, Mnemonic.Vdivsd);
        table.Add(&VectorLowering.Float<FloatPairs.AddSubtractSingle>, Mnemonic.Addsubps, Mnemonic.Vaddsubps);
        table.Add(&VectorLowering.Float<FloatPairs.AddSubtractDouble>, Mnemonic.Addsubpd, Mnemonic.Vaddsubpd);
        table.Add(&VectorLowering.Float<FloatPairs.HorizontalSingle<FloatAdd>>, Mnemonic.Haddps, Mnemonic.Vhaddps);
        table.Add(&VectorLowering.Float<FloatPairs.HorizontalDouble<FloatAdd>>, Mnemonic.Haddpd, Mnemonic.Vhaddpd);
        table.Add(&VectorLowering.Float<FloatPairs.HorizontalSingle<FloatSubtract>>, Mnemonic.Hsubps, Mnemonic.Vhsubps);
        table.Add(&VectorLowering.Float<FloatPairs.HorizontalDouble<FloatSubtract>>, Mnemonic.Hsubpd, Mnemonic.Vhsubpd);
        table.Add(&VectorLowering.Float<FloatPairs.DotProductSingle>, Mnemonic.Dpps);
        table.Add(&VectorLowering.Float<FloatPairs.DotProductDouble>, Mnemonic.Dppd, Mnemonic.Vdppd);
    }

    private static void AddElements(LoweringTable table)
    {
        table.Add(&VectorLowering.Float<ElementOperations.PackedSingle<ElementOperations.SquareRoot>>, Mnemonic.Sqrtps, Mnemonic.Vsqrtps);
        table.Add(&VectorLowering.Float<ElementOperations.PackedDouble<ElementOperations.SquareRoot>>, Mnemonic.Sqrtpd, Mnemonic.Vsqrtpd);
        table.Add(&VectorLowering.Float<ElementOperations.ScalarSingle<ElementOperations.SquareRoot>>, Mnemonic.Sqrtss, Mnemonic.Vsqrtss);
        table.Add(&VectorLowering.Float<ElementOperations.ScalarDouble<ElementOperations.SquareRoot>>, Mnemonic.Sqrtsd, Mnemonic.Vsqrtsd);
        table.Add(&VectorLowering.Float<ElementOperations.PackedSingle<ElementOperations.Minimum>>, Mnemonic.Minps, Mnemonic.Vminps);
        table.Add(&VectorLowering.Float<ElementOperations.PackedDouble<ElementOperations.Minimum>>, Mnemonic.Minpd, Mnemonic.Vminpd);
        table.Add(&VectorLowering.Float<ElementOperations.ScalarSingle<ElementOperations.Minimum>>, Mnemonic.Minss, Mnemonic.Vminss);
        table.Add(&VectorLowering.Float<ElementOperations.ScalarDouble<ElementOperations.Minimum>>, Mnemonic.Minsd, Mnemonic.Vminsd);
        table.Add(&VectorLowering.Float<ElementOperations.PackedSingle<ElementOperations.Maximum>>, Mnemonic.Maxps, Mnemonic.Vmaxps);
        table.Add(&VectorLowering.Float<ElementOperations.PackedDouble<ElementOperations.Maximum>>, Mnemonic.Maxpd, Mnemonic.Vmaxpd);
        table.Add(&VectorLowering.Float<ElementOperations.ScalarSingle<ElementOperations.Maximum>>, Mnemonic.Maxss, Mnemonic.Vmaxss);
        table.Add(&VectorLowering.Float<ElementOperations.ScalarDouble<ElementOperations.Maximum>>, Mnemonic.Maxsd, Mnemonic.Vmaxsd);
        table.Add(&VectorLowering.Float<ElementOperations.PackedSingle<ElementOperations.Round>>, Mnemonic.Roundps, Mnemonic.Vroundps);
        table.Add(&VectorLowering.Float<ElementOperations.PackedDouble<ElementOperations.Round>>, Mnemonic.Roundpd, Mnemonic.Vroundpd);
        table.Add(&VectorLowering.Float<ElementOperations.ScalarSingle<ElementOperations.Round>>, Mnemonic.Roundss, Mnemonic.Vroundss);
        table.Add(&VectorLowering.Float<ElementOperations.ScalarDouble<ElementOperations.Round>>, Mnemonic.Roundsd, Mnemonic.Vroundsd);
    }

    private static void AddComparisons(LoweringTable table)
    {
        table.Add(&VectorLowering.Float<ElementOperations.PackedSingle<ElementOperations.Compare>>, Mnemonic.Cmpps);
        table.Add(&VectorLowering.Float<ElementOperations.PackedDouble<ElementOperations.Compare>>, Mnemonic.Cmppd);
        table.Add(&VectorLowering.Float<ElementOperations.ScalarSingle<ElementOperations.Compare>>, Mnemonic.Cmpss);
        table.Add(&CompareScalarDouble, Mnemonic.Cmpsd);
        table.Add(&VectorLowering.Compare<FlagResults.OrderedSingle>, Mnemonic.Comiss, Mnemonic.Vcomiss);
        table.Add(&VectorLowering.Compare<FlagResults.OrderedDouble>, Mnemonic.Comisd, Mnemonic.Vcomisd);
        table.Add(&VectorLowering.Compare<FlagResults.UnorderedSingle>, Mnemonic.Ucomiss, Mnemonic.Vucomiss);
        table.Add(&VectorLowering.Compare<FlagResults.UnorderedDouble>, Mnemonic.Ucomisd, Mnemonic.Vucomisd);
    }

    private static void AddConversions(LoweringTable table)
    {
        table.Add(&VectorLowering.Float<FloatConversions.SingleToDouble>, Mnemonic.Cvtss2sd, Mnemonic.Vcvtss2sd);
        table.Add(&VectorLowering.Float<FloatConversions.DoubleToSingle>, Mnemonic.Cvtsd2ss, Mnemonic.Vcvtsd2ss);
        table.Add(&VectorLowering.Float<FloatConversions.PackedSingleToDouble>, Mnemonic.Cvtps2pd);
        table.Add(&VectorLowering.Float<FloatConversions.PackedDoubleToSingle>, Mnemonic.Cvtpd2ps);
        table.Add(&VectorLowering.Float<FloatConversions.PackedInt32ToSingle>, Mnemonic.Cvtdq2ps, Mnemonic.Vcvtdq2ps);
        table.Add(&VectorLowering.Float<FloatConversions.PairInt32ToDouble>, Mnemonic.Cvtdq2pd);
        table.Add(&VectorLowering.Float<FloatConversions.PackedSingleToInt32>, Mnemonic.Cvtps2dq, Mnemonic.Vcvtps2dq);
        table.Add(&VectorLowering.Float<FloatConversions.PackedSingleToInt32Truncated>, Mnemonic.Cvttps2dq, Mnemonic.Vcvttps2dq);
        table.Add(&VectorLowering.Float<FloatConversions.PackedDoubleToInt32>, Mnemonic.Cvtpd2dq);
        table.Add(&VectorLowering.Float<FloatConversions.PackedDoubleToInt32Truncated>, Mnemonic.Cvttpd2dq);
        table.Add(&FromInteger<FloatConversions.Int32ToSingle, FloatConversions.Int64ToSingle>, Mnemonic.Cvtsi2ss, Mnemonic.Vcvtsi2ss);
        table.Add(&FromInteger<FloatConversions.Int32ToDouble, FloatConversions.Int64ToDouble>, Mnemonic.Cvtsi2sd, Mnemonic.Vcvtsi2sd);
        table.Add(&ToInteger<GeneralResults.SingleToInt32, GeneralResults.SingleToInt64>, Mnemonic.Cvtss2si, Mnemonic.Vcvtss2si);
        table.Add(&ToInteger<GeneralResults.SingleToInt32Truncated, GeneralResults.SingleToInt64Truncated>, Mnemonic.Cvttss2si, Mnemonic.Vcvttss2si);
        table.Add(&ToInteger<GeneralResults.DoubleToInt32, GeneralResults.DoubleToInt64>, Mnemonic.Cvtsd2si, Mnemonic.Vcvtsd2si);
        table.Add(&ToInteger<GeneralResults.DoubleToInt32Truncated, GeneralResults.DoubleToInt64Truncated>, Mnemonic.Cvttsd2si, Mnemonic.Vcvttsd2si);
    }

    private static void AddMixedConversions(LoweringTable table)
    {
        table.Add(&VectorLowering.Mixed<FloatConversions.PairInt32ToSingle, XmmFile, MmxFile>, Mnemonic.Cvtpi2ps);
        table.Add(&PairToDouble, Mnemonic.Cvtpi2pd);
        table.Add(&VectorLowering.Mixed<FloatConversions.PairSingleToInt32, MmxFile, XmmFile>, Mnemonic.Cvtps2pi);
        table.Add(&VectorLowering.Mixed<FloatConversions.PairSingleToInt32Truncated, MmxFile, XmmFile>, Mnemonic.Cvttps2pi);
        table.Add(&VectorLowering.Mixed<FloatConversions.PackedDoubleToInt32, MmxFile, XmmFile>, Mnemonic.Cvtpd2pi);
        table.Add(&VectorLowering.Mixed<FloatConversions.PackedDoubleToInt32Truncated, MmxFile, XmmFile>, Mnemonic.Cvttpd2pi);
    }

    /// <summary>The string instruction CMPSD shares the mnemonic.</summary>
    private static bool CompareScalarDouble(in Instruction i, ref Lowering l) =>
        i.Op0Kind == OpKind.Register && VectorLowering.Float<ElementOperations.ScalarDouble<ElementOperations.Compare>>(i, ref l);

    private static bool FromInteger<TFrom32, TFrom64>(in Instruction i, ref Lowering l)
        where TFrom32 : IFloatOperation
        where TFrom64 : IFloatOperation =>
        Operands.Size(i, i.OpCount - 1) == sizeof(ulong) ? VectorLowering.Float<TFrom64>(i, ref l) : VectorLowering.Float<TFrom32>(i, ref l);

    private static bool ToInteger<TTo32, TTo64>(in Instruction i, ref Lowering l)
        where TTo32 : IGeneralResult
        where TTo64 : IGeneralResult =>
        Operands.Size(i, 0) == sizeof(ulong) ? VectorLowering.General<TTo64>(i, ref l) : VectorLowering.General<TTo32>(i, ref l);

    /// <summary>With an operand in memory, CVTPI2PD has nothing to do with the MMX registers (SDM volume 2 CVTPI2PD).</summary>
    private static bool PairToDouble(in Instruction i, ref Lowering l) =>
        Lowering.IsMemory(i, 1)
            ? VectorLowering.Float<FloatConversions.PairInt32ToDouble>(i, ref l)
            : VectorLowering.Mixed<FloatConversions.PairInt32ToDouble, XmmFile, MmxFile>(i, ref l);
}
