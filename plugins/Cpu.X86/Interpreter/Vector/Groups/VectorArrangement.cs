using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.Interpreter.Vector.Handlers;
using Dominion.Cpu.X86.Interpreter.Vector.Operations;
using Dominion.Cpu.X86.Interpreter.Vector.Vex;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Vector.Groups;

/// <summary>What rearranges elements: unpacking, packing, shuffling, blending, widening, inserting, extracting; and the string comparisons of SSE4.2.</summary>
internal static unsafe class VectorArrangement
{
    public static void Register(LoweringTable table)
    {
        AddUnpacking(table);
        AddWidening(table);
        table.Add(&Joined<PackedArrangement.PackWordsSigned>, Mnemonic.Packsswb, Mnemonic.Vpacksswb);
        table.Add(&Joined<PackedArrangement.PackWordsUnsigned>, Mnemonic.Packuswb, Mnemonic.Vpackuswb);
        table.Add(&Joined<PackedArrangement.PackDoublewordsSigned>, Mnemonic.Packssdw, Mnemonic.Vpackssdw);
        table.Add(&VectorLowering.Packed<PackedArrangement.PackDoublewordsUnsigned>, Mnemonic.Packusdw, Mnemonic.Vpackusdw);

        table.Add(&VectorLowering.Packed<PackedArrangement.ShuffleBytes, PackedArrangement.ShuffleBytesHalf>, Mnemonic.Pshufb, Mnemonic.Vpshufb);
        table.Add(&VectorLowering.Packed<PackedArrangement.ShuffleDoublewords>, Mnemonic.Pshufd, Mnemonic.Vpshufd);
        table.Add(&VectorLowering.Packed<PackedArrangement.ShuffleLowWords>, Mnemonic.Pshuflw, Mnemonic.Vpshuflw, Mnemonic.Pshufw);
        table.Add(&VectorLowering.Packed<PackedArrangement.ShuffleHighWords>, Mnemonic.Pshufhw, Mnemonic.Vpshufhw);
        table.Add(&VectorLowering.Packed<PackedArrangement.ShuffleSingle>, Mnemonic.Shufps, Mnemonic.Vshufps);
        table.Add(&VectorLowering.Packed<PackedArrangement.ShuffleDouble>, Mnemonic.Shufpd);

        table.Add(&VectorLowering.Packed<PackedArrangement.Blend<ushort>>, Mnemonic.Pblendw, Mnemonic.Vpblendw);
        table.Add(&VectorLowering.Packed<PackedArrangement.Blend<uint>>, Mnemonic.Blendps);
        table.Add(&VectorLowering.Packed<PackedArrangement.Blend<ulong>>, Mnemonic.Blendpd);
        table.Add(&VectorLowering.Blend<sbyte>, Mnemonic.Pblendvb);
        table.Add(&VectorLowering.Blend<int>, Mnemonic.Blendvps);
        table.Add(&VectorLowering.Blend<long>, Mnemonic.Blendvpd);

        table.Add(&InsertSingle, Mnemonic.Insertps);
        table.Add(&Insert<byte, XmmFile>, Mnemonic.Pinsrb);
        table.Add(&InsertWord, Mnemonic.Pinsrw);
        table.Add(&Insert<uint, XmmFile>, Mnemonic.Pinsrd);
        table.Add(&Insert<ulong, XmmFile>, Mnemonic.Pinsrq);
        table.Add(&Extract<byte, XmmFile>, Mnemonic.Pextrb);
        table.Add(&ExtractWord, Mnemonic.Pextrw);
        table.Add(&Extract<uint, XmmFile>, Mnemonic.Pextrd, Mnemonic.Extractps);
        table.Add(&Extract<ulong, XmmFile>, Mnemonic.Pextrq);

        table.Add(
            &CompareStrings,
            Mnemonic.Pcmpestri, Mnemonic.Pcmpestri64, Mnemonic.Pcmpestrm, Mnemonic.Pcmpestrm64, Mnemonic.Pcmpistri, Mnemonic.Pcmpistrm,
            Mnemonic.Vpcmpestri, Mnemonic.Vpcmpestri64, Mnemonic.Vpcmpestrm, Mnemonic.Vpcmpestrm64, Mnemonic.Vpcmpistri, Mnemonic.Vpcmpistrm);
    }

    private static void AddUnpacking(LoweringTable table)
    {
        table.Add(&VectorLowering.Packed<PackedArrangement.InterleaveLowBytes>, Mnemonic.Punpcklbw, Mnemonic.Vpunpcklbw);
        table.Add(&VectorLowering.Packed<PackedArrangement.InterleaveLowWords>, Mnemonic.Punpcklwd, Mnemonic.Vpunpcklwd);
        table.Add(&VectorLowering.Packed<PackedArrangement.InterleaveLowDoublewords>, Mnemonic.Punpckldq, Mnemonic.Vpunpckldq, Mnemonic.Unpcklps, Mnemonic.Vunpcklps);
        table.Add(&VectorLowering.Packed<PackedArrangement.InterleaveLowQuadwords>, Mnemonic.Punpcklqdq, Mnemonic.Vpunpcklqdq, Mnemonic.Unpcklpd, Mnemonic.Vunpcklpd);
        table.Add(
            &VectorLowering.Packed<PackedArrangement.InterleaveHighBytes, PackedArrangement.UpperOf<PackedArrangement.InterleaveLowBytes>>, Mnemonic.Punpckhbw, Mnemonic.Vpunpckhbw);
        table.Add(
            &VectorLowering.Packed<PackedArrangement.InterleaveHighWords, PackedArrangement.UpperOf<PackedArrangement.InterleaveLowWords>>, Mnemonic.Punpckhwd, Mnemonic.Vpunpckhwd);
        table.Add(
            &VectorLowering.Packed<PackedArrangement.InterleaveHighDoublewords, PackedArrangement.UpperOf<PackedArrangement.InterleaveLowDoublewords>>,
            Mnemonic.Punpckhdq, Mnemonic.Vpunpckhdq, Mnemonic.Unpckhps, Mnemonic.Vunpckhps);
        table.Add(&VectorLowering.Packed<PackedArrangement.InterleaveHighQuadwords>, Mnemonic.Punpckhqdq, Mnemonic.Vpunpckhqdq, Mnemonic.Unpckhpd, Mnemonic.Vunpckhpd);
        table.Add(&VectorLowering.Packed<PackedArrangement.DuplicateDouble>, Mnemonic.Movddup, Mnemonic.Vmovddup);
        table.Add(&VectorLowering.Packed<PackedArrangement.DuplicateEven>, Mnemonic.Movsldup, Mnemonic.Vmovsldup);
        table.Add(&VectorLowering.Packed<PackedArrangement.DuplicateOdd>, Mnemonic.Movshdup, Mnemonic.Vmovshdup);
    }

    private static void AddWidening(LoweringTable table)
    {
        table.Add(&VectorLowering.Packed<Widening<sbyte, short>>, Mnemonic.Pmovsxbw);
        table.Add(&VectorLowering.Packed<Widening<sbyte, int>>, Mnemonic.Pmovsxbd);
        table.Add(&VectorLowering.Packed<Widening<sbyte, long>>, Mnemonic.Pmovsxbq);
        table.Add(&VectorLowering.Packed<Widening<short, int>>, Mnemonic.Pmovsxwd);
        table.Add(&VectorLowering.Packed<Widening<short, long>>, Mnemonic.Pmovsxwq);
        table.Add(&VectorLowering.Packed<Widening<int, long>>, Mnemonic.Pmovsxdq);
        table.Add(&VectorLowering.Packed<Widening<byte, ushort>>, Mnemonic.Pmovzxbw);
        table.Add(&VectorLowering.Packed<Widening<byte, uint>>, Mnemonic.Pmovzxbd);
        table.Add(&VectorLowering.Packed<Widening<byte, ulong>>, Mnemonic.Pmovzxbq);
        table.Add(&VectorLowering.Packed<Widening<ushort, uint>>, Mnemonic.Pmovzxwd);
        table.Add(&VectorLowering.Packed<Widening<ushort, ulong>>, Mnemonic.Pmovzxwq);
        table.Add(&VectorLowering.Packed<Widening<uint, ulong>>, Mnemonic.Pmovzxdq);
    }

    private static bool Joined<TOperation>(in Instruction i, ref Lowering l)
        where TOperation : IPackedOperation => VectorLowering.Packed<TOperation, PackedArrangement.Joined<TOperation>>(i, ref l);

    private static bool InsertSingle(in Instruction i, ref Lowering l)
    {
        if (!VectorLowering.Packed<PackedArrangement.InsertSingle>(i, ref l))
            return false;

        // A memory operand is the one element: which one to take does not count (SDM volume 2 INSERTPS).
        if (Lowering.IsMemory(i, 1))
            l.Op->Immediate &= 0x3F;
        return true;
    }

    private static bool InsertWord(in Instruction i, ref Lowering l) =>
        i.Op0Register.IsMM() ? Insert<ushort, MmxFile>(i, ref l) : Insert<ushort, XmmFile>(i, ref l);

    private static bool Insert<T, TFile>(in Instruction i, ref Lowering l)
        where T : unmanaged
        where TFile : IRegisterFile
    {
        int element = (int)i.GetImmediate(2) & (Count<T>(i.Op0Register) - 1);
        if (Lowering.IsMemory(i, 1))
            return VectorLowering.InsertFromMemory<T, TFile>(i, ref l, element);
        l.Op->Reg = VectorLowering.ElementOffset<T>(i.Op0Register, element);
        l.Op->Rm = VectorOffsets.Of(i.Op1Register);
        return l.Use(&ElementHandlers<T, TFile>.Insert);
    }

    private static bool ExtractWord(in Instruction i, ref Lowering l) =>
        i.Op1Register.IsMM() ? Extract<ushort, MmxFile>(i, ref l) : Extract<ushort, XmmFile>(i, ref l);

    private static bool Extract<T, TFile>(in Instruction i, ref Lowering l)
        where T : unmanaged
        where TFile : IRegisterFile
    {
        int element = (int)i.GetImmediate(2) & (Count<T>(i.Op1Register) - 1);
        if (Lowering.IsMemory(i, 0))
            return VectorLowering.StoreElement<T, TFile>(i, ref l, element);
        l.Op->Reg = VectorOffsets.Of(i.Op0Register);
        l.Op->Rm = VectorLowering.ElementOffset<T>(i.Op1Register, element);
        return l.Use(&ElementHandlers<T, TFile>.ToGeneral);
    }

    private static int Count<T>(Register register)
        where T : unmanaged => register.GetSize() / sizeof(T);

    private static bool CompareStrings(in Instruction i, ref Lowering l) =>
        VexLowering.IsVex(i) ? CompareStrings<VexFile>(i, ref l) : CompareStrings<XmmFile>(i, ref l);

    private static bool CompareStrings<TFile>(in Instruction i, ref Lowering l)
        where TFile : IRegisterFile
    {
        VectorLowering.UseRegisters(i, ref l);
        l.Op->Extra = i.Mnemonic switch
        {
            Mnemonic.Pcmpestri or Mnemonic.Vpcmpestri => StringCompareHandlers.Explicit,
            Mnemonic.Pcmpestri64 or Mnemonic.Vpcmpestri64 => StringCompareHandlers.Explicit | StringCompareHandlers.Wide,
            Mnemonic.Pcmpestrm or Mnemonic.Vpcmpestrm => StringCompareHandlers.Explicit | StringCompareHandlers.ToMask,
            Mnemonic.Pcmpestrm64 or Mnemonic.Vpcmpestrm64 => StringCompareHandlers.Explicit | StringCompareHandlers.ToMask | StringCompareHandlers.Wide,
            Mnemonic.Pcmpistrm or Mnemonic.Vpcmpistrm => StringCompareHandlers.ToMask,
            _ => 0,
        };
        if (!Lowering.IsMemory(i, 1))
            return l.Use(&StringCompareHandlers.Register<TFile>);
        return l.Use(l.UseMemory(i) switch
        {
            AddressKind.BaseDisplacement => &StringCompareHandlers.Memory<TFile, BaseDisplacement>,
            AddressKind.Flat64 => &StringCompareHandlers.Memory<TFile, Flat64>,
            _ => &StringCompareHandlers.Memory<TFile, Segmented>,
        });
    }
}
