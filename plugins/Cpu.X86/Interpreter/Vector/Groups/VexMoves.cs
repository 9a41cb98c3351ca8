using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.Interpreter.Vector.Handlers;
using Dominion.Cpu.X86.Interpreter.Vector.Operations;
using Dominion.Cpu.X86.Interpreter.Vector.Vex;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Vector.Groups;

/// <summary>Moves with VEX: whole registers, elements, halves, masked moves and gathers; VZEROUPPER and VZEROALL.</summary>
internal static unsafe class VexMoves
{
    public static void Register(LoweringTable table)
    {
        table.Add(
            &Aligned, Mnemonic.Vmovaps, Mnemonic.Vmovapd, Mnemonic.Vmovdqa, Mnemonic.Vmovntps, Mnemonic.Vmovntpd, Mnemonic.Vmovntdq, Mnemonic.Vmovntdqa);
        table.Add(&Unaligned, Mnemonic.Vmovups, Mnemonic.Vmovupd, Mnemonic.Vmovdqu, Mnemonic.Vlddqu);
        table.Add(&Scalar<uint>, Mnemonic.Vmovss);
        table.Add(&Scalar<ulong>, Mnemonic.Vmovsd);
        table.Add(&Element<uint>, Mnemonic.Vmovd);
        table.Add(&Element<ulong>, Mnemonic.Vmovq);
        table.Add(&Half, Mnemonic.Vmovlps, Mnemonic.Vmovlpd, Mnemonic.Vmovhps, Mnemonic.Vmovhpd);
        table.Add(&VexLowering.Packed<PackedArrangement.JoinUpper>, Mnemonic.Vmovhlps);
        table.Add(&VexLowering.Packed<PackedArrangement.InterleaveLowQuadwords>, Mnemonic.Vmovlhps);
        table.Add(&VexLowering.Packed<PackedArrangement.Insert<byte>>, Mnemonic.Vpinsrb);
        table.Add(&VexLowering.Packed<PackedArrangement.Insert<ushort>>, Mnemonic.Vpinsrw);
        table.Add(&VexLowering.Packed<PackedArrangement.Insert<uint>>, Mnemonic.Vpinsrd);
        table.Add(&VexLowering.Packed<PackedArrangement.Insert<ulong>>, Mnemonic.Vpinsrq);
        table.Add(&Extract<byte>, Mnemonic.Vpextrb);
        table.Add(&Extract<ushort>, Mnemonic.Vpextrw);
        table.Add(&Extract<uint>, Mnemonic.Vpextrd, Mnemonic.Vextractps);
        table.Add(&Extract<ulong>, Mnemonic.Vpextrq);
        table.Add(&ExtractHalf, Mnemonic.Vextractf128, Mnemonic.Vextracti128);
        table.Add(&Masked<uint>, Mnemonic.Vmaskmovps, Mnemonic.Vpmaskmovd);
        table.Add(&Masked<ulong>, Mnemonic.Vmaskmovpd, Mnemonic.Vpmaskmovq);
        table.Add(&Gather<int, uint>, Mnemonic.Vpgatherdd, Mnemonic.Vgatherdps);
        table.Add(&Gather<int, ulong>, Mnemonic.Vpgatherdq, Mnemonic.Vgatherdpd);
        table.Add(&Gather<long, uint>, Mnemonic.Vpgatherqd, Mnemonic.Vgatherqps);
        table.Add(&Gather<long, ulong>, Mnemonic.Vpgatherqq, Mnemonic.Vgatherqpd);
        table.Add(&Zero, Mnemonic.Vzeroupper, Mnemonic.Vzeroall);
    }

    private static bool Aligned(in Instruction i, ref Lowering l) =>
        VexLowering.IsWide(i) ? Aligned<Vector256<byte>>(i, ref l) : Aligned<Vector128<byte>>(i, ref l);

    private static bool Aligned<T>(in Instruction i, ref Lowering l)
        where T : unmanaged
    {
        UseBoth(i, ref l);
        if (Lowering.IsMemory(i, 0))
        {
            return l.Use(l.UseMemory(i) switch
            {
                AddressKind.BaseDisplacement => &VexMoveHandlers<T>.StoreAligned<BaseDisplacement>,
                AddressKind.Flat64 => &VexMoveHandlers<T>.StoreAligned<Flat64>,
                _ => &VexMoveHandlers<T>.StoreAligned<Segmented>,
            });
        }

        if (!Lowering.IsMemory(i, 1))
            return l.Use(&VexMoveHandlers<T>.Copy);
        return l.Use(l.UseMemory(i) switch
        {
            AddressKind.BaseDisplacement => &VexMoveHandlers<T>.LoadAligned<BaseDisplacement>,
            AddressKind.Flat64 => &VexMoveHandlers<T>.LoadAligned<Flat64>,
            _ => &VexMoveHandlers<T>.LoadAligned<Segmented>,
        });
    }

    private static bool Unaligned(in Instruction i, ref Lowering l) =>
        VexLowering.IsWide(i) ? Unaligned<Vector256<byte>>(i, ref l) : Unaligned<Vector128<byte>>(i, ref l);

    private static bool Unaligned<T>(in Instruction i, ref Lowering l)
        where T : unmanaged
    {
        UseBoth(i, ref l);
        if (Lowering.IsMemory(i, 0))
            return Store<T>(i, ref l);
        if (!Lowering.IsMemory(i, 1))
            return l.Use(&VexMoveHandlers<T>.Copy);
        return l.Use(l.UseMemory(i) switch
        {
            AddressKind.BaseDisplacement => &VexMoveHandlers<T>.Load<BaseDisplacement>,
            AddressKind.Flat64 => &VexMoveHandlers<T>.Load<Flat64>,
            _ => &VexMoveHandlers<T>.Load<Segmented>,
        });
    }

    private static bool Store<T>(in Instruction i, ref Lowering l)
        where T : unmanaged => l.Use(l.UseMemory(i) switch
    {
        AddressKind.BaseDisplacement => &VexMoveHandlers<T>.Store<BaseDisplacement>,
        AddressKind.Flat64 => &VexMoveHandlers<T>.Store<Flat64>,
        _ => &VexMoveHandlers<T>.Store<Segmented>,
    });

    private static void UseBoth(in Instruction i, ref Lowering l)
    {
        if (i.Op0Kind == OpKind.Register)
            l.Op->Reg = VectorOffsets.Of(i.Op0Register);
        if (i.Op1Kind == OpKind.Register)
            l.Op->Rm = VectorOffsets.Of(i.Op1Register);
    }

    /// <summary>VMOVSS and VMOVSD: between registers the rest comes from the first source, a load clears it.</summary>
    private static bool Scalar<T>(in Instruction i, ref Lowering l)
        where T : unmanaged
    {
        if (Lowering.IsMemory(i, 0))
            return VectorLowering.StoreElement<T, VexFile>(i, ref l, 0);
        return Lowering.IsMemory(i, 1)
            ? VectorLowering.SetFromMemory<T, VexFile>(i, ref l)
            : VexLowering.Packed<PackedArrangement.Insert<T>>(i, ref l);
    }

    private static bool Element<T>(in Instruction i, ref Lowering l)
        where T : unmanaged
    {
        if (Lowering.IsMemory(i, 0))
            return VectorLowering.StoreElement<T, VexFile>(i, ref l, 0);
        if (Lowering.IsMemory(i, 1))
            return VectorLowering.SetFromMemory<T, VexFile>(i, ref l);
        UseBoth(i, ref l);
        return l.Use(i.Op0Register.IsGPR() ? &ElementHandlers<T, VexFile>.ToGeneral : &ElementHandlers<T, VexFile>.Set);
    }

    private static bool Half(in Instruction i, ref Lowering l)
    {
        int half = i.Mnemonic is Mnemonic.Vmovhps or Mnemonic.Vmovhpd ? 1 : 0;
        if (Lowering.IsMemory(i, 0))
            return VectorLowering.StoreElement<ulong, VexFile>(i, ref l, half);
        bool known = VexLowering.Packed<PackedArrangement.Insert<ulong>>(i, ref l);
        l.Op->Immediate = half;
        return known;
    }

    private static bool Extract<T>(in Instruction i, ref Lowering l)
        where T : unmanaged
    {
        int element = (int)i.GetImmediate(2) & (Vector128<T>.Count - 1);
        if (Lowering.IsMemory(i, 0))
            return VectorLowering.StoreElement<T, VexFile>(i, ref l, element);
        l.Op->Reg = VectorOffsets.Of(i.Op0Register);
        l.Op->Rm = VectorLowering.ElementOffset<T>(i.Op1Register, element);
        return l.Use(&ElementHandlers<T, VexFile>.ToGeneral);
    }

    private static bool ExtractHalf(in Instruction i, ref Lowering l)
    {
        l.Op->Rm = VectorLowering.ElementOffset<Vector128<byte>>(i.Op1Register, (int)i.GetImmediate(2) & 1);
        if (Lowering.IsMemory(i, 0))
            return Store<Vector128<byte>>(i, ref l);
        l.Op->Reg = VectorOffsets.Of(i.Op0Register);
        return l.Use(&VexMoveHandlers<Vector128<byte>>.Copy);
    }

    private static bool Masked<T>(in Instruction i, ref Lowering l)
        where T : unmanaged
    {
        l.Op->Extra = VectorOffsets.Of(i.Op1Register);
        l.Op->Size = (byte)i.Op1Register.GetSize();
        if (Lowering.IsMemory(i, 0))
        {
            l.Op->Rm = VectorOffsets.Of(i.Op2Register);
            return l.Use(l.UseMemory(i) switch
            {
                AddressKind.BaseDisplacement => &MaskedHandlers<T>.Store<BaseDisplacement>,
                AddressKind.Flat64 => &MaskedHandlers<T>.Store<Flat64>,
                _ => &MaskedHandlers<T>.Store<Segmented>,
            });
        }

        l.Op->Reg = VectorOffsets.Of(i.Op0Register);
        return l.Use(l.UseMemory(i) switch
        {
            AddressKind.BaseDisplacement => &MaskedHandlers<T>.Load<BaseDisplacement>,
            AddressKind.Flat64 => &MaskedHandlers<T>.Load<Flat64>,
            _ => &MaskedHandlers<T>.Load<Segmented>,
        });
    }

    /// <summary>The destination, the indices and the mask must be three registers, else #UD (SDM volume 2, 2.4.12).</summary>
    private static bool Gather<TIndex, T>(in Instruction i, ref Lowering l)
        where TIndex : unmanaged
        where T : unmanaged
    {
        int destination = i.Op0Register.GetNumber();
        int indices = i.MemoryIndex.GetNumber();
        int mask = i.Op2Register.GetNumber();
        if (destination == indices || destination == mask || indices == mask)
            return false;
        l.Op->Reg = Offsets.OfVector(destination);
        l.Op->Rm = Offsets.OfVector(indices);
        l.Op->Extra = Offsets.OfVector(mask);
        int widest = Math.Max(i.Op0Register.GetSize(), i.MemoryIndex.GetSize());
        l.Op->Size = (byte)(widest / Math.Max(sizeof(TIndex), sizeof(T)));
        return l.Use(l.UseMemory(i) switch
        {
            AddressKind.BaseDisplacement => &GatherHandlers<TIndex, T>.Gather<BaseDisplacement>,
            AddressKind.Flat64 => &GatherHandlers<TIndex, T>.Gather<Flat64>,
            _ => &GatherHandlers<TIndex, T>.Gather<Segmented>,
        });
    }

    /// <summary>Outside 64-bit mode only eight registers are cleared. <see cref="Op.Size"/> is their number.</summary>
    private static bool Zero(in Instruction i, ref Lowering l)
    {
        l.Op->Size = (byte)(l.Is64Bit ? 16 : 8);
        return l.Use(i.Mnemonic == Mnemonic.Vzeroall ? &ZeroAll : &ZeroUpper);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* ZeroUpper(CoreState* s, Op* op, X86Core c)
    {
        if (s->AvxBlocked != 0)
            return Availability.RefuseAvx(op, c);
        Vector128<byte>* halves = (Vector128<byte>*)&s->Arch.Vectors;
        for (int i = 0; i < op->Size; i++)
            halves[(2 * i) + 1] = Vector128<byte>.Zero;
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* ZeroAll(CoreState* s, Op* op, X86Core c)
    {
        if (s->AvxBlocked != 0)
            return Availability.RefuseAvx(op, c);
        Vector256<byte>* registers = (Vector256<byte>*)&s->Arch.Vectors;
        for (int i = 0; i < op->Size; i++)
            registers[i] = Vector256<byte>.Zero;
        return op + 1;
    }
}
