using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Vector.Operations;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Vector.Groups;

/// <summary>Integer arithmetic, comparisons and shifts of MMX, SSE2, SSSE3 and SSE4.</summary>
internal static unsafe class VectorIntegers
{
    public static void Register(LoweringTable table)
    {
        AddSums(table);
        AddProducts(table);
        AddSelections(table);
        AddShifts(table);
        AddPairs(table);
        table.Add(&VectorLowering.Packed<PackedLogic.And>, Mnemonic.Pand, Mnemonic.Vpand, Mnemonic.Andps, Mnemonic.Vandps, Mnemonic.Andpd, Mnemonic.Vandpd);
        table.Add(&VectorLowering.Packed<PackedLogic.AndNot>, Mnemonic.Pandn, Mnemonic.Vpandn, Mnemonic.Andnps, Mnemonic.Vandnps, Mnemonic.Andnpd, Mnemonic.Vandnpd);
        table.Add(&VectorLowering.Packed<PackedLogic.Or>, Mnemonic.Por, Mnemonic.Vpor, Mnemonic.Orps, Mnemonic.Vorps, Mnemonic.Orpd, Mnemonic.Vorpd);
        table.Add(&VectorLowering.Packed<PackedLogic.Xor>, Mnemonic.Pxor, Mnemonic.Vpxor, Mnemonic.Xorps, Mnemonic.Vxorps, Mnemonic.Xorpd, Mnemonic.Vxorpd);
        table.Add(&VectorLowering.Compare<FlagResults.Test>, Mnemonic.Ptest, Mnemonic.Vptest);
    }

    private static void AddSums(LoweringTable table)
    {
        table.Add(&VectorLowering.Packed<PackedArithmetic.Add<byte>>, Mnemonic.Paddb, Mnemonic.Vpaddb);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Add<ushort>>, Mnemonic.Paddw, Mnemonic.Vpaddw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Add<uint>>, Mnemonic.Paddd, Mnemonic.Vpaddd);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Add<ulong>>, Mnemonic.Paddq, Mnemonic.Vpaddq);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Subtract<byte>>, Mnemonic.Psubb, Mnemonic.Vpsubb);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Subtract<ushort>>, Mnemonic.Psubw, Mnemonic.Vpsubw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Subtract<uint>>, Mnemonic.Psubd, Mnemonic.Vpsubd);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Subtract<ulong>>, Mnemonic.Psubq, Mnemonic.Vpsubq);
        table.Add(&VectorLowering.Packed<PackedArithmetic.AddSaturate<sbyte>>, Mnemonic.Paddsb, Mnemonic.Vpaddsb);
        table.Add(&VectorLowering.Packed<PackedArithmetic.AddSaturate<short>>, Mnemonic.Paddsw, Mnemonic.Vpaddsw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.AddSaturate<byte>>, Mnemonic.Paddusb, Mnemonic.Vpaddusb);
        table.Add(&VectorLowering.Packed<PackedArithmetic.AddSaturate<ushort>>, Mnemonic.Paddusw, Mnemonic.Vpaddusw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.SubtractSaturate<sbyte>>, Mnemonic.Psubsb, Mnemonic.Vpsubsb);
        table.Add(&VectorLowering.Packed<PackedArithmetic.SubtractSaturate<short>>, Mnemonic.Psubsw, Mnemonic.Vpsubsw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.SubtractSaturate<byte>>, Mnemonic.Psubusb, Mnemonic.Vpsubusb);
        table.Add(&VectorLowering.Packed<PackedArithmetic.SubtractSaturate<ushort>>, Mnemonic.Psubusw, Mnemonic.Vpsubusw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Average<byte>>, Mnemonic.Pavgb, Mnemonic.Vpavgb);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Average<ushort>>, Mnemonic.Pavgw, Mnemonic.Vpavgw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Absolute<sbyte>>, Mnemonic.Pabsb, Mnemonic.Vpabsb);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Absolute<short>>, Mnemonic.Pabsw, Mnemonic.Vpabsw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Absolute<int>>, Mnemonic.Pabsd, Mnemonic.Vpabsd);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Sign<sbyte>>, Mnemonic.Psignb, Mnemonic.Vpsignb);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Sign<short>>, Mnemonic.Psignw, Mnemonic.Vpsignw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Sign<int>>, Mnemonic.Psignd, Mnemonic.Vpsignd);
        table.Add(&VectorLowering.Packed<PackedArithmetic.SumOfDifferences>, Mnemonic.Psadbw, Mnemonic.Vpsadbw);
    }

    private static void AddProducts(LoweringTable table)
    {
        table.Add(&VectorLowering.Packed<PackedMultiplication.Low<short>>, Mnemonic.Pmullw, Mnemonic.Vpmullw);
        table.Add(&VectorLowering.Packed<PackedMultiplication.Low<int>>, Mnemonic.Pmulld, Mnemonic.Vpmulld);
        table.Add(&VectorLowering.Packed<PackedMultiplication.HighSigned>, Mnemonic.Pmulhw, Mnemonic.Vpmulhw);
        table.Add(&VectorLowering.Packed<PackedMultiplication.HighUnsigned>, Mnemonic.Pmulhuw, Mnemonic.Vpmulhuw);
        table.Add(&VectorLowering.Packed<PackedMultiplication.HighRounded>, Mnemonic.Pmulhrsw, Mnemonic.Vpmulhrsw);
        table.Add(&VectorLowering.Packed<PackedMultiplication.EvenUnsigned>, Mnemonic.Pmuludq, Mnemonic.Vpmuludq);
        table.Add(&VectorLowering.Packed<PackedMultiplication.EvenSigned>, Mnemonic.Pmuldq, Mnemonic.Vpmuldq);
        table.Add(&VectorLowering.Packed<PackedMultiplication.AddPairs>, Mnemonic.Pmaddwd, Mnemonic.Vpmaddwd);
        table.Add(&VectorLowering.Packed<PackedMultiplication.AddPairsSaturate>, Mnemonic.Pmaddubsw, Mnemonic.Vpmaddubsw);
    }

    private static void AddSelections(LoweringTable table)
    {
        table.Add(&VectorLowering.Packed<PackedArithmetic.Minimum<byte>>, Mnemonic.Pminub, Mnemonic.Vpminub);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Minimum<ushort>>, Mnemonic.Pminuw, Mnemonic.Vpminuw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Minimum<uint>>, Mnemonic.Pminud, Mnemonic.Vpminud);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Minimum<sbyte>>, Mnemonic.Pminsb, Mnemonic.Vpminsb);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Minimum<short>>, Mnemonic.Pminsw, Mnemonic.Vpminsw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Minimum<int>>, Mnemonic.Pminsd, Mnemonic.Vpminsd);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Maximum<byte>>, Mnemonic.Pmaxub, Mnemonic.Vpmaxub);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Maximum<ushort>>, Mnemonic.Pmaxuw, Mnemonic.Vpmaxuw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Maximum<uint>>, Mnemonic.Pmaxud, Mnemonic.Vpmaxud);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Maximum<sbyte>>, Mnemonic.Pmaxsb, Mnemonic.Vpmaxsb);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Maximum<short>>, Mnemonic.Pmaxsw, Mnemonic.Vpmaxsw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Maximum<int>>, Mnemonic.Pmaxsd, Mnemonic.Vpmaxsd);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Equal<byte>>, Mnemonic.Pcmpeqb, Mnemonic.Vpcmpeqb);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Equal<ushort>>, Mnemonic.Pcmpeqw, Mnemonic.Vpcmpeqw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Equal<uint>>, Mnemonic.Pcmpeqd, Mnemonic.Vpcmpeqd);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Equal<ulong>>, Mnemonic.Pcmpeqq, Mnemonic.Vpcmpeqq);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Greater<sbyte>>, Mnemonic.Pcmpgtb, Mnemonic.Vpcmpgtb);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Greater<short>>, Mnemonic.Pcmpgtw, Mnemonic.Vpcmpgtw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Greater<int>>, Mnemonic.Pcmpgtd, Mnemonic.Vpcmpgtd);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Greater<long>>, Mnemonic.Pcmpgtq, Mnemonic.Vpcmpgtq);
    }

    private static void AddShifts(LoweringTable table)
    {
        table.Add(&Shift<PackedShifts.Left<ushort>>, Mnemonic.Psllw);
        table.Add(&Shift<PackedShifts.Left<uint>>, Mnemonic.Pslld);
        table.Add(&Shift<PackedShifts.Left<ulong>>, Mnemonic.Psllq);
        table.Add(&Shift<PackedShifts.Right<ushort>>, Mnemonic.Psrlw);
        table.Add(&Shift<PackedShifts.Right<uint>>, Mnemonic.Psrld);
        table.Add(&Shift<PackedShifts.Right<ulong>>, Mnemonic.Psrlq);
        table.Add(&Shift<PackedShifts.RightSigned<short>>, Mnemonic.Psraw);
        table.Add(&Shift<PackedShifts.RightSigned<int>>, Mnemonic.Psrad);
        table.Add(&VectorLowering.Packed<PackedShifts.LeftBytes>, Mnemonic.Pslldq);
        table.Add(&VectorLowering.Packed<PackedShifts.RightBytes>, Mnemonic.Psrldq);
        table.Add(&VectorLowering.Packed<PackedShifts.Align, PackedShifts.AlignHalf>, Mnemonic.Palignr, Mnemonic.Vpalignr);
    }

    private static void AddPairs(LoweringTable table)
    {
        table.Add(&Pairs<PackedPairs.AddWords>, Mnemonic.Phaddw, Mnemonic.Vphaddw);
        table.Add(&Pairs<PackedPairs.AddDoublewords>, Mnemonic.Phaddd, Mnemonic.Vphaddd);
        table.Add(&Pairs<PackedPairs.AddWordsSaturate>, Mnemonic.Phaddsw, Mnemonic.Vphaddsw);
        table.Add(&Pairs<PackedPairs.SubtractWords>, Mnemonic.Phsubw, Mnemonic.Vphsubw);
        table.Add(&Pairs<PackedPairs.SubtractDoublewords>, Mnemonic.Phsubd, Mnemonic.Vphsubd);
        table.Add(&Pairs<PackedPairs.SubtractWordsSaturate>, Mnemonic.Phsubsw, Mnemonic.Vphsubsw);
        table.Add(&VectorLowering.Packed<PackedPairs.LeastWord>, Mnemonic.Phminposuw, Mnemonic.Vphminposuw);
        table.Add(&VectorLowering.Packed<PackedPairs.SlidingDifferences>, Mnemonic.Mpsadbw);
    }

    private static bool Shift<TShift>(in Instruction i, ref Lowering l)
        where TShift : IShiftOperation =>
        Operands.IsImmediate(i, 1)
            ? VectorLowering.Packed<PackedShifts.ByImmediate<TShift>>(i, ref l)
            : VectorLowering.Packed<PackedShifts.ByRegister<TShift>>(i, ref l);

    private static bool Pairs<TOperation>(in Instruction i, ref Lowering l)
        where TOperation : IPackedOperation => VectorLowering.Packed<TOperation, PackedArrangement.Joined<TOperation>>(i, ref l);
}
