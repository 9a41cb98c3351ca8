using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.FloatingPoint;
using Dominion.Cpu.X86.Interpreter.Float.Formats;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Float;

/// <summary>Loads, stores, exchanges and conditional moves: FLD, FILD, FBLD, FST, FSTP, FIST, FISTP, FISTTP, FBSTP, the constants, FXCH, FCMOVcc.</summary>
internal static unsafe class FloatMoves
{
    public static void Register(LoweringTable table)
    {
        table.Add(&Load, Mnemonic.Fld, Mnemonic.Fild, Mnemonic.Fbld);
        table.Add(&Store, Mnemonic.Fst, Mnemonic.Fstp, Mnemonic.Fstpnce, Mnemonic.Fist, Mnemonic.Fistp, Mnemonic.Fisttp, Mnemonic.Fbstp);
        table.Add(
            &LoadConstant,
            Mnemonic.Fld1, Mnemonic.Fldl2t, Mnemonic.Fldl2e, Mnemonic.Fldpi, Mnemonic.Fldlg2, Mnemonic.Fldln2, Mnemonic.Fldz);
        table.Add(&Exchange, Mnemonic.Fxch);
        table.Add(
            &ConditionalMove,
            Mnemonic.Fcmovb, Mnemonic.Fcmove, Mnemonic.Fcmovbe, Mnemonic.Fcmovu, Mnemonic.Fcmovnb, Mnemonic.Fcmovne, Mnemonic.Fcmovnbe, Mnemonic.Fcmovnu);
    }

    private static bool Load(in Instruction i, ref Lowering l)
    {
        if (!Lowering.IsMemory(i, 0))
        {
            FloatLowering.UseStack(ref l, 0, FloatLowering.Number(i.Op0Register), 0);
            return l.Use(&FloatMoveHandlers.LoadRegister);
        }

        return i.MemorySize switch
        {
            MemorySize.Float32 => Load<SingleFormat, uint>(i, ref l),
            MemorySize.Float64 => Load<DoubleFormat, ulong>(i, ref l),
            MemorySize.Float80 => Load<ExtendedFormat, PackedFloat80>(i, ref l),
            MemorySize.Int16 => Load<Integer16Format, short>(i, ref l),
            MemorySize.Int32 => Load<Integer32Format, int>(i, ref l),
            MemorySize.Int64 => Load<Integer64Format, long>(i, ref l),
            _ => Load<DecimalFormat, PackedFloat80>(i, ref l),
        };
    }

    private static bool Load<TFormat, T>(in Instruction i, ref Lowering l)
        where TFormat : IFloatSource<T>
        where T : unmanaged
    {
        return l.Use(FloatLowering.UseMemory(i, ref l, 0) switch
        {
            AddressKind.BaseDisplacement => &FloatMoveHandlers.Load<TFormat, T, BaseDisplacement>,
            AddressKind.Flat64 => &FloatMoveHandlers.Load<TFormat, T, Flat64>,
            _ => &FloatMoveHandlers.Load<TFormat, T, Segmented>,
        });
    }

    private static bool Store(in Instruction i, ref Lowering l)
    {
        int pops = i.Mnemonic is Mnemonic.Fst or Mnemonic.Fist ? 0 : 1;
        if (!Lowering.IsMemory(i, 0))
        {
            FloatLowering.UseStack(ref l, FloatLowering.Number(i.Op0Register), 0, pops);
            return l.Use(i.Mnemonic == Mnemonic.Fstpnce ? &FloatMoveHandlers.StoreRegisterUnchecked : &FloatMoveHandlers.StoreRegister);
        }

        bool truncates = i.Mnemonic == Mnemonic.Fisttp;
        return i.MemorySize switch
        {
            MemorySize.Float32 => Store<SingleFormat, uint>(i, ref l, pops),
            MemorySize.Float64 => Store<DoubleFormat, ulong>(i, ref l, pops),
            MemorySize.Float80 => Store<ExtendedFormat, PackedFloat80>(i, ref l, pops),
            MemorySize.Int16 => truncates ? Store<TruncatedInteger16Format, short>(i, ref l, pops) : Store<Integer16Format, short>(i, ref l, pops),
            MemorySize.Int32 => truncates ? Store<TruncatedInteger32Format, int>(i, ref l, pops) : Store<Integer32Format, int>(i, ref l, pops),
            MemorySize.Int64 => truncates ? Store<TruncatedInteger64Format, long>(i, ref l, pops) : Store<Integer64Format, long>(i, ref l, pops),
            _ => Store<DecimalFormat, PackedFloat80>(i, ref l, pops),
        };
    }

    private static bool Store<TFormat, T>(in Instruction i, ref Lowering l, int pops)
        where TFormat : IFloatDestination<T>
        where T : unmanaged
    {
        return l.Use(FloatLowering.UseMemory(i, ref l, pops) switch
        {
            AddressKind.BaseDisplacement => &FloatMoveHandlers.Store<TFormat, T, BaseDisplacement>,
            AddressKind.Flat64 => &FloatMoveHandlers.Store<TFormat, T, Flat64>,
            _ => &FloatMoveHandlers.Store<TFormat, T, Segmented>,
        });
    }

    private static bool LoadConstant(in Instruction i, ref Lowering l)
    {
        FloatLowering.UseOpcode(ref l);
        l.Op->Reg = (ushort)(l.Op->Extra & 7);
        return l.Use(&FloatMoveHandlers.LoadConstant);
    }

    private static bool Exchange(in Instruction i, ref Lowering l)
    {
        FloatLowering.UseStack(ref l, 0, FloatLowering.Number(i.Op1Register), 0);
        return l.Use(&FloatMoveHandlers.Exchange);
    }

    /// <summary>Any of the flags that <see cref="Op.Immediate"/> selects must be set; or for the negated conditions, which <see cref="Op.Size"/> tells, clear.</summary>
    private static bool ConditionalMove(in Instruction i, ref Lowering l)
    {
        bool negated = i.Mnemonic is Mnemonic.Fcmovnb or Mnemonic.Fcmovne or Mnemonic.Fcmovnbe or Mnemonic.Fcmovnu;
        FloatLowering.UseStack(ref l, 0, FloatLowering.Number(i.Op1Register), negated ? 1 : 0);
        l.Op->Immediate = (long)(i.Mnemonic switch
        {
            Mnemonic.Fcmovb or Mnemonic.Fcmovnb => Flags.Carry,
            Mnemonic.Fcmove or Mnemonic.Fcmovne => Flags.Zero,
            Mnemonic.Fcmovbe or Mnemonic.Fcmovnbe => Flags.Carry | Flags.Zero,
            _ => Flags.Parity,
        });
        return l.Use(&FloatMoveHandlers.ConditionalMove);
    }
}
