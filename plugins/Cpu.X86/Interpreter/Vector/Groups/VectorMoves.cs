using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Integer;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.Interpreter.Vector.Handlers;
using Dominion.Cpu.X86.Interpreter.Vector.Vex;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Vector.Groups;

/// <summary>Moves of vector registers and of their first elements. Non-temporal hints have no effect: there is no cache.</summary>
internal static unsafe class VectorMoves
{
    public static void Register(LoweringTable table)
    {
        table.Add(&Aligned, Mnemonic.Movaps, Mnemonic.Movapd, Mnemonic.Movdqa, Mnemonic.Movntps, Mnemonic.Movntpd, Mnemonic.Movntdq, Mnemonic.Movntdqa);
        table.Add(&Unaligned, Mnemonic.Movups, Mnemonic.Movupd, Mnemonic.Movdqu, Mnemonic.Lddqu);
        table.Add(&Scalar<uint>, Mnemonic.Movss);
        table.Add(&Scalar<ulong>, Mnemonic.Movsd);
        table.Add(&Doubleword, Mnemonic.Movd);
        table.Add(&Quadword, Mnemonic.Movq, Mnemonic.Movntq);
        table.Add(&Across, Mnemonic.Movq2dq, Mnemonic.Movdq2q);
        table.Add(&Half, Mnemonic.Movlps, Mnemonic.Movlpd, Mnemonic.Movhps, Mnemonic.Movhpd, Mnemonic.Movhlps, Mnemonic.Movlhps);
        table.Add(&NonTemporal, Mnemonic.Movnti);
        table.Add(&Masked, Mnemonic.Maskmovdqu, Mnemonic.Vmaskmovdqu, Mnemonic.Maskmovq);
    }

    private static bool Aligned(in Instruction i, ref Lowering l)
    {
        UseBoth(i, ref l);
        if (Lowering.IsMemory(i, 0))
        {
            return l.Use(l.UseMemory(i) switch
            {
                AddressKind.BaseDisplacement => &WholeMoveHandlers.StoreAligned<BaseDisplacement>,
                AddressKind.Flat64 => &WholeMoveHandlers.StoreAligned<Flat64>,
                _ => &WholeMoveHandlers.StoreAligned<Segmented>,
            });
        }

        if (!Lowering.IsMemory(i, 1))
            return l.Use(&WholeMoveHandlers.Copy);
        return l.Use(l.UseMemory(i) switch
        {
            AddressKind.BaseDisplacement => &WholeMoveHandlers.LoadAligned<BaseDisplacement>,
            AddressKind.Flat64 => &WholeMoveHandlers.LoadAligned<Flat64>,
            _ => &WholeMoveHandlers.LoadAligned<Segmented>,
        });
    }

    private static bool Unaligned(in Instruction i, ref Lowering l)
    {
        UseBoth(i, ref l);
        if (Lowering.IsMemory(i, 0))
        {
            return l.Use(l.UseMemory(i) switch
            {
                AddressKind.BaseDisplacement => &WholeMoveHandlers.StoreUnaligned<BaseDisplacement>,
                AddressKind.Flat64 => &WholeMoveHandlers.StoreUnaligned<Flat64>,
                _ => &WholeMoveHandlers.StoreUnaligned<Segmented>,
            });
        }

        if (!Lowering.IsMemory(i, 1))
            return l.Use(&WholeMoveHandlers.Copy);
        return l.Use(l.UseMemory(i) switch
        {
            AddressKind.BaseDisplacement => &WholeMoveHandlers.LoadUnaligned<BaseDisplacement>,
            AddressKind.Flat64 => &WholeMoveHandlers.LoadUnaligned<Flat64>,
            _ => &WholeMoveHandlers.LoadUnaligned<Segmented>,
        });
    }

    private static void UseBoth(in Instruction i, ref Lowering l)
    {
        if (i.Op0Kind == OpKind.Register)
            l.Op->Reg = VectorOffsets.Of(i.Op0Register);
        if (i.Op1Kind == OpKind.Register)
            l.Op->Rm = VectorOffsets.Of(i.Op1Register);
    }

    /// <summary>MOVSS and MOVSD: between registers the rest stays, a load clears it. The string instruction MOVSD shares the mnemonic.</summary>
    private static bool Scalar<T>(in Instruction i, ref Lowering l)
        where T : unmanaged
    {
        bool toRegister = i.Op0Kind == OpKind.Register && i.Op0Register.IsXMM();
        bool fromRegister = i.Op1Kind == OpKind.Register && i.Op1Register.IsXMM();
        if (!toRegister && !fromRegister)
            return false;
        if (!toRegister)
            return VectorLowering.StoreElement<T, XmmFile>(i, ref l, 0);
        if (!fromRegister)
            return VectorLowering.SetFromMemory<T, XmmFile>(i, ref l);
        UseBoth(i, ref l);
        return l.Use(&ElementHandlers<T, XmmFile>.Insert);
    }

    private static bool Doubleword(in Instruction i, ref Lowering l) =>
        HasMmx(i) ? Element<uint, MmxFile>(i, ref l) : Element<uint, XmmFile>(i, ref l);

    private static bool Quadword(in Instruction i, ref Lowering l) =>
        HasMmx(i) ? Element<ulong, MmxFile>(i, ref l) : Element<ulong, XmmFile>(i, ref l);

    /// <summary>MOVD and MOVQ: the first element from or to a register of any kind or memory; the rest is cleared.</summary>
    private static bool Element<T, TFile>(in Instruction i, ref Lowering l)
        where T : unmanaged
        where TFile : IRegisterFile
    {
        if (Lowering.IsMemory(i, 0))
            return VectorLowering.StoreElement<T, TFile>(i, ref l, 0);
        if (Lowering.IsMemory(i, 1))
            return VectorLowering.SetFromMemory<T, TFile>(i, ref l);
        UseBoth(i, ref l);
        return l.Use(i.Op0Register.IsGPR() ? &ElementHandlers<T, TFile>.ToGeneral : &ElementHandlers<T, TFile>.Set);
    }

    private static bool HasMmx(in Instruction i) =>
        (i.Op0Kind == OpKind.Register && i.Op0Register.IsMM()) || (i.Op1Kind == OpKind.Register && i.Op1Register.IsMM());

    private static bool Across(in Instruction i, ref Lowering l)
    {
        UseBoth(i, ref l);
        return l.Use(i.Mnemonic == Mnemonic.Movq2dq
            ? &ElementHandlers<ulong, XmmFile>.SetAcross
            : &ElementHandlers<ulong, MmxFile>.SetAcross);
    }

    private static bool Half(in Instruction i, ref Lowering l)
    {
        int half = i.Mnemonic is Mnemonic.Movhps or Mnemonic.Movhpd ? 1 : 0;
        if (Lowering.IsMemory(i, 0))
            return VectorLowering.StoreElement<ulong, XmmFile>(i, ref l, half);
        if (Lowering.IsMemory(i, 1))
            return VectorLowering.InsertFromMemory<ulong, XmmFile>(i, ref l, half);
        l.Op->Reg = VectorLowering.ElementOffset<ulong>(i.Op0Register, i.Mnemonic == Mnemonic.Movlhps ? 1 : 0);
        l.Op->Rm = VectorLowering.ElementOffset<ulong>(i.Op1Register, i.Mnemonic == Mnemonic.Movhlps ? 1 : 0);
        return l.Use(&ElementHandlers<ulong, XmmFile>.Insert);
    }

    /// <summary>MOVNTI uses no vector register, and CR0 and CR4 do not bear on it.</summary>
    private static bool NonTemporal(in Instruction i, ref Lowering l)
    {
        l.Op->Reg = Offsets.Of(i.Op1Register);
        AddressKind kind = l.UseMemory(i);
        if (i.Op1Register.GetSize() == sizeof(ulong))
        {
            return l.Use(kind switch
            {
                AddressKind.BaseDisplacement => &MoveHandlers<ulong>.MemReg<BaseDisplacement>,
                AddressKind.Flat64 => &MoveHandlers<ulong>.MemReg<Flat64>,
                _ => &MoveHandlers<ulong>.MemReg<Segmented>,
            });
        }

        return l.Use(kind switch
        {
            AddressKind.BaseDisplacement => &MoveHandlers<uint>.MemReg<BaseDisplacement>,
            AddressKind.Flat64 => &MoveHandlers<uint>.MemReg<Flat64>,
            _ => &MoveHandlers<uint>.MemReg<Segmented>,
        });
    }

    private static bool Masked(in Instruction i, ref Lowering l) =>
        i.Mnemonic switch
    {
        Mnemonic.Maskmovq => Masked<MmxFile>(i, ref l, 8),
        Mnemonic.Maskmovdqu => Masked<XmmFile>(i, ref l, 16),
        _ => Masked<VexFile>(i, ref l, 16),
    };

    private static bool Masked<TFile>(in Instruction i, ref Lowering l, byte size)
        where TFile : IRegisterFile
    {
        l.Op->Reg = VectorOffsets.Of(i.Op1Register);
        l.Op->Rm = VectorOffsets.Of(i.Op2Register);
        l.Op->Size = size;
        l.Op->Base = Offsets.Of(Iced.Intel.Register.RDI);
        int addressSize = i.Op0Kind switch
        {
            OpKind.MemorySegDI => 2,
            OpKind.MemorySegEDI => 4,
            _ => 8,
        };
        return l.Use(l.SetSegment(l.SegmentOf(i), addressSize) switch
        {
            AddressKind.BaseDisplacement => &MaskedStoreHandlers<TFile>.Store<BaseDisplacement>,
            AddressKind.Flat64 => &MaskedStoreHandlers<TFile>.Store<Flat64>,
            _ => &MaskedStoreHandlers<TFile>.Store<Segmented>,
        });
    }
}
