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
        table.Add(&VectorLowering.Packed<PackedLogic.And>, Mnemonic.Pand, Mnemonic.Andps, Mnemonic.Andpd);
        table.Add(&VectorLowering.Packed<PackedLogic.AndNot>, Mnemonic.Pandn, Mnemonic.Andnps, Mnemonic.Andnpd);
        table.Add(&VectorLowering.Packed<PackedLogic.Or>, Mnemonic.Por, Mnemonic.Orps, Mnemonic.Orpd);
        table.Add(&VectorLowering.Packed<PackedLogic.Xor>, Mnemonic.Pxor, Mnemonic.Xorps, Mnemonic.Xorpd);
        table.Add(&VectorLowering.Compare<FlagResults.Test>, Mnemonic.Ptest);
    }

    private static void AddSums(LoweringTable table)
    {
        table.Add(&VectorLowering.Packed<PackedArithmetic.Add<byte>>, Mnemonic.Paddb);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Add<ushort>>, Mnemonic.Paddw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Add<uint>>, Mnemonic.Paddd);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Add<ulong>>, Mnemonic.Paddq);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Subtract<byte>>, Mnemonic.Psubb);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Subtract<ushort>>, Mnemonic.Psubw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Subtract<uint>>, Mnemonic.Psubd);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Subtract<ulong>>, Mnemonic.Psubq);
        table.Add(&VectorLowering.Packed<PackedArithmetic.AddSaturate<sbyte>>, Mnemonic.Paddsb);
        table.Add(&VectorLowering.Packed<PackedArithmetic.AddSaturate<short>>, Mnemonic.Paddsw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.AddSaturate<byte>>, Mnemonic.Paddusb);
        table.Add(&VectorLowering.Packed<PackedArithmetic.AddSaturate<ushort>>, Mnemonic.Paddusw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.SubtractSaturate<sbyte>>, Mnemonic.Psubsb);
        table.Add(&VectorLowering.Packed<PackedArithmetic.SubtractSaturate<short>>, Mnemonic.Psubsw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.SubtractSaturate<byte>>, Mnemonic.Psubusb);
        table.Add(&VectorLowering.Packed<PackedArithmetic.SubtractSaturate<ushort>>, Mnemonic.Psubusw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Average<byte>>, Mnemonic.Pavgb);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Average<ushort>>, Mnemonic.Pavgw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Absolute<sbyte>>, Mnemonic.Pabsb);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Absolute<short>>, Mnemonic.Pabsw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Absolute<int>>, Mnemonic.Pabsd);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Sign<sbyte>>, Mnemonic.Psignb);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Sign<short>>, Mnemonic.Psignw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Sign<int>>, Mnemonic.Psignd);
        table.Add(&VectorLowering.Packed<PackedArithmetic.SumOfDifferences>, Mnemonic.Psadbw);
    }

    private static void AddProducts(LoweringTable table)
    {
        table.Add(&VectorLowering.Packed<PackedMultiplication.Low<short>>, Mnemonic.Pmullw);
        table.Add(&VectorLowering.Packed<PackedMultiplication.Low<int>>, Mnemonic.Pmulld);
        table.Add(&VectorLowering.Packed<PackedMultiplication.HighSigned>, Mnemonic.Pmulhw);
        table.Add(&VectorLowering.Packed<PackedMultiplication.HighUnsigned>, Mnemonic.Pmulhuw);
        table.Add(&VectorLowering.Packed<PackedMultiplication.HighRounded>, Mnemonic.Pmulhrsw);
        table.Add(&VectorLowering.Packed<PackedMultiplication.EvenUnsigned>, Mnemonic.Pmuludq);
        table.Add(&VectorLowering.Packed<PackedMultiplication.EvenSigned>, Mnemonic.Pmuldq);
        table.Add(&VectorLowering.Packed<PackedMultiplication.AddPairs>, Mnemonic.Pmaddwd);
        table.Add(&VectorLowering.Packed<PackedMultiplication.AddPairsSaturate>, Mnemonic.Pmaddubsw);
    }

    private static void AddSelections(LoweringTable table)
    {
        table.Add(&VectorLowering.Packed<PackedArithmetic.Minimum<byte>>, Mnemonic.Pminub);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Minimum<ushort>>, Mnemonic.Pminuw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Minimum<uint>>, Mnemonic.Pminud);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Minimum<sbyte>>, Mnemonic.Pminsb);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Minimum<short>>, Mnemonic.Pminsw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Minimum<int>>, Mnemonic.Pminsd);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Maximum<byte>>, Mnemonic.Pmaxub);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Maximum<ushort>>, Mnemonic.Pmaxuw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Maximum<uint>>, Mnemonic.Pmaxud);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Maximum<sbyte>>, Mnemonic.Pmaxsb);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Maximum<short>>, Mnemonic.Pmaxsw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Maximum<int>>, Mnemonic.Pmaxsd);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Equal<byte>>, Mnemonic.Pcmpeqb);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Equal<ushort>>, Mnemonic.Pcmpeqw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Equal<uint>>, Mnemonic.Pcmpeqd);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Equal<ulong>>, Mnemonic.Pcmpeqq);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Greater<sbyte>>, Mnemonic.Pcmpgtb);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Greater<short>>, Mnemonic.Pcmpgtw);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Greater<int>>, Mnemonic.Pcmpgtd);
        table.Add(&VectorLowering.Packed<PackedArithmetic.Greater<long>>, Mnemonic.Pcmpgtq);
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
        table.Add(&VectorLowering.Packed<PackedShifts.Align, PackedShifts.AlignHalf>, Mnemonic.Palignr);
    }

    private static void AddPairs(LoweringTable table)
    {
        table.Add(&Pairs<PackedPairs.AddWords>, Mnemonic.Phaddw);
        table.Add(&Pairs<PackedPairs.AddDoublewords>, Mnemonic.Phaddd);
        table.Add(&Pairs<PackedPairs.AddWordsSaturate>, Mnemonic.Phaddsw);
        table.Add(&Pairs<PackedPairs.SubtractWords>, Mnemonic.Phsubw);
        table.Add(&Pairs<PackedPairs.SubtractDoublewords>, Mnemonic.Phsubd);
        table.Add(&Pairs<PackedPairs.SubtractWordsSaturate>, Mnemonic.Phsubsw);
        table.Add(&VectorLowering.Packed<PackedPairs.LeastWord>, Mnemonic.Phminposuw);
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
