using System.Numerics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Vector.Operations;
using Dominion.Cpu.X86.Interpreter.Vector.Vex;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Vector.Groups;

/// <summary>Integer operations and rearrangements with VEX whose forms differ from those without, or that only AVX and AVX2 have. The others are beside their counterparts.</summary>
internal static unsafe class VexArrangement
{
    public static void Register(LoweringTable table)
    {
        AddShifts(table);
        AddWidening(table);
        AddStepped(table);
        AddPermutations(table);
        table.Add(&BlendBySigns<sbyte>, Mnemonic.Vpblendvb);
        table.Add(&BlendBySigns<int>, Mnemonic.Vblendvps);
        table.Add(&BlendBySigns<long>, Mnemonic.Vblendvpd);
        table.Add(&VexLowering.Compare<FlagResults.TestSigns<int>>, Mnemonic.Vtestps);
        table.Add(&VexLowering.Compare<FlagResults.TestSigns<long>>, Mnemonic.Vtestpd);
        table.Add(&Signs<float>, Mnemonic.Vmovmskps);
        table.Add(&Signs<double>, Mnemonic.Vmovmskpd);
        table.Add(&Signs<byte>, Mnemonic.Vpmovmskb);
        table.Add(&InsertSingle, Mnemonic.Vinsertps);
    }

    private static void AddShifts(LoweringTable table)
    {
        table.Add(&Shift<PackedShifts.Left<ushort>>, Mnemonic.Vpsllw);
        table.Add(&Shift<PackedShifts.Left<uint>>, Mnemonic.Vpslld);
        table.Add(&Shift<PackedShifts.Left<ulong>>, Mnemonic.Vpsllq);
        table.Add(&Shift<PackedShifts.Right<ushort>>, Mnemonic.Vpsrlw);
        table.Add(&Shift<PackedShifts.Right<uint>>, Mnemonic.Vpsrld);
        table.Add(&Shift<PackedShifts.Right<ulong>>, Mnemonic.Vpsrlq);
        table.Add(&Shift<PackedShifts.RightSigned<short>>, Mnemonic.Vpsraw);
        table.Add(&Shift<PackedShifts.RightSigned<int>>, Mnemonic.Vpsrad);
        table.Add(&ByImmediate<PackedShifts.LeftBytes>, Mnemonic.Vpslldq);
        table.Add(&ByImmediate<PackedShifts.RightBytes>, Mnemonic.Vpsrldq);
        table.Add(&VexLowering.Packed<VariableShifts.LeftDoublewords>, Mnemonic.Vpsllvd);
        table.Add(&VexLowering.Packed<VariableShifts.LeftQuadwords>, Mnemonic.Vpsllvq);
        table.Add(&VexLowering.Packed<VariableShifts.RightDoublewords>, Mnemonic.Vpsrlvd);
        table.Add(&VexLowering.Packed<VariableShifts.RightQuadwords>, Mnemonic.Vpsrlvq);
        table.Add(&VexLowering.Packed<VariableShifts.RightSignedDoublewords>, Mnemonic.Vpsravd);
    }

    private static void AddWidening(LoweringTable table)
    {
        table.Add(&Widened<sbyte, short>, Mnemonic.Vpmovsxbw);
        table.Add(&Widened<sbyte, int>, Mnemonic.Vpmovsxbd);
        table.Add(&Widened<sbyte, long>, Mnemonic.Vpmovsxbq);
        table.Add(&Widened<short, int>, Mnemonic.Vpmovsxwd);
        table.Add(&Widened<short, long>, Mnemonic.Vpmovsxwq);
        table.Add(&Widened<int, long>, Mnemonic.Vpmovsxdq);
        table.Add(&Widened<byte, ushort>, Mnemonic.Vpmovzxbw);
        table.Add(&Widened<byte, uint>, Mnemonic.Vpmovzxbd);
        table.Add(&Widened<byte, ulong>, Mnemonic.Vpmovzxbq);
        table.Add(&Widened<ushort, uint>, Mnemonic.Vpmovzxwd);
        table.Add(&Widened<ushort, ulong>, Mnemonic.Vpmovzxwq);
        table.Add(&Widened<uint, ulong>, Mnemonic.Vpmovzxdq);
    }

    private static void AddStepped(LoweringTable table)
    {
        table.Add(&Step2<PackedArrangement.ShuffleDouble>, Mnemonic.Vshufpd);
        table.Add(&Step2<PackedArrangement.Blend<ulong>>, Mnemonic.Vblendpd);
        table.Add(&Step3<PackedPairs.SlidingDifferences>, Mnemonic.Vmpsadbw);
        table.Add(&Step4<PackedArrangement.Blend<uint>>, Mnemonic.Vblendps, Mnemonic.Vpblendd);
    }

    private static void AddPermutations(LoweringTable table)
    {
        table.Add(&PermuteSingle, Mnemonic.Vpermilps);
        table.Add(&PermuteDouble, Mnemonic.Vpermilpd);
        table.Add(&VexLowering.Across<WideArrangement.PermuteHalves>, Mnemonic.Vperm2f128, Mnemonic.Vperm2i128);
        table.Add(&VexLowering.Across<WideArrangement.InsertHalf>, Mnemonic.Vinsertf128, Mnemonic.Vinserti128);
        table.Add(&VexLowering.Across<WideArrangement.PermuteQuadwords>, Mnemonic.Vpermq, Mnemonic.Vpermpd);
        table.Add(&VexLowering.Across<WideArrangement.PermuteDoublewords>, Mnemonic.Vpermd, Mnemonic.Vpermps);
        table.Add(&VexLowering.Shared<PackedArrangement.Broadcast<byte>>, Mnemonic.Vpbroadcastb);
        table.Add(&VexLowering.Shared<PackedArrangement.Broadcast<ushort>>, Mnemonic.Vpbroadcastw);
        table.Add(&VexLowering.Shared<PackedArrangement.Broadcast<uint>>, Mnemonic.Vpbroadcastd, Mnemonic.Vbroadcastss);
        table.Add(&VexLowering.Shared<PackedArrangement.Broadcast<ulong>>, Mnemonic.Vpbroadcastq, Mnemonic.Vbroadcastsd);
        table.Add(&VexLowering.Shared<PackedArrangement.Source>, Mnemonic.Vbroadcastf128, Mnemonic.Vbroadcasti128);
    }

    private static bool Shift<TShift>(in Instruction i, ref Lowering l)
        where TShift : IShiftOperation =>
        Operands.IsImmediate(i, 2)
            ? ByImmediate<PackedShifts.ByImmediate<TShift>>(i, ref l)
            : VexLowering.Shared<PackedShifts.ByRegister<TShift>>(i, ref l);

    /// <summary>What is shifted is the only source.</summary>
    private static bool ByImmediate<TOperation>(in Instruction i, ref Lowering l)
        where TOperation : IPackedOperation
    {
        bool known = VexLowering.Packed<TOperation>(i, ref l);
        l.Op->Extra = l.Op->Rm;
        return known;
    }

    private static bool Widened<TFrom, TTo>(in Instruction i, ref Lowering l)
        where TFrom : unmanaged, IBinaryInteger<TFrom>
        where TTo : unmanaged, IBinaryInteger<TTo> =>
        VexLowering.IsWide(i)
            ? VexLowering.Use<PackedForms.Widened<TFrom, TTo>>(i, ref l)
            : VexLowering.Use<PackedForms.Xmm<Widening<TFrom, TTo>>>(i, ref l);

    private static bool Step2<TOperation>(in Instruction i, ref Lowering l)
        where TOperation : IPackedOperation => VexLowering.Packed<TOperation>(i, ref l) && VexLowering.StepImmediate(ref l, 2);

    private static bool Step3<TOperation>(in Instruction i, ref Lowering l)
        where TOperation : IPackedOperation => VexLowering.Packed<TOperation>(i, ref l) && VexLowering.StepImmediate(ref l, 3);

    private static bool Step4<TOperation>(in Instruction i, ref Lowering l)
        where TOperation : IPackedOperation => VexLowering.Packed<TOperation>(i, ref l) && VexLowering.StepImmediate(ref l, 4);

    private static bool PermuteSingle(in Instruction i, ref Lowering l) =>
        Operands.IsImmediate(i, 2)
            ? VexLowering.Packed<PackedArrangement.ShuffleDoublewords>(i, ref l)
            : VexLowering.Packed<PackedArrangement.PermuteSingle>(i, ref l);

    private static bool PermuteDouble(in Instruction i, ref Lowering l) =>
        Operands.IsImmediate(i, 2)
            ? Step2<PackedArrangement.ShuffleDoublePair>(i, ref l)
            : VexLowering.Packed<PackedArrangement.PermuteDouble>(i, ref l);

    private static bool BlendBySigns<T>(in Instruction i, ref Lowering l)
        where T : unmanaged =>
        VexLowering.IsWide(i) ? VexLowering.Use<PackedForms.BlendYmm<T>>(i, ref l) : VexLowering.Use<PackedForms.BlendXmm<T>>(i, ref l);

    private static bool Signs<T>(in Instruction i, ref Lowering l)
        where T : unmanaged =>
        VexLowering.IsWide(i) ? VexLowering.Use<ResultForms.Signs<T>>(i, ref l) : VexLowering.General<GeneralResults.Signs<T>>(i, ref l);

    /// <summary>A memory operand is the one element: which one to take does not count (SDM volume 2 INSERTPS).</summary>
    private static bool InsertSingle(in Instruction i, ref Lowering l)
    {
        bool known = VexLowering.Packed<PackedArrangement.InsertSingle>(i, ref l);
        if (Lowering.IsMemory(i, 2))
            l.Op->Immediate &= 0x3F;
        return known;
    }
}
