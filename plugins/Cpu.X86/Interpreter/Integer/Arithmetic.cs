using System.Numerics;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>ADD, ADC, SUB, SBB, CMP, AND, OR, XOR, TEST, INC, DEC, NEG, NOT.</summary>
internal static unsafe class Arithmetic
{
    public static void Register(LoweringTable table)
    {
        table.Add(&Binary<AddOperation>, Mnemonic.Add);
        table.Add(&Binary<AdcOperation>, Mnemonic.Adc);
        table.Add(&Binary<SubOperation>, Mnemonic.Sub);
        table.Add(&Binary<SbbOperation>, Mnemonic.Sbb);
        table.Add(&Binary<CmpOperation>, Mnemonic.Cmp);
        table.Add(&Binary<AndOperation>, Mnemonic.And);
        table.Add(&Binary<OrOperation>, Mnemonic.Or);
        table.Add(&Binary<XorOperation>, Mnemonic.Xor);
        table.Add(&Binary<TestOperation>, Mnemonic.Test);
        table.Add(&Unary<IncOperation>, Mnemonic.Inc);
        table.Add(&Unary<DecOperation>, Mnemonic.Dec);
        table.Add(&Unary<NegOperation>, Mnemonic.Neg);
        table.Add(&Unary<NotOperation>, Mnemonic.Not);
    }

    private static bool Binary<TOperation>(in Instruction i, ref Lowering l)
        where TOperation : IBinaryOperation
    {
        int size = Operands.Size(i, 0);
        return size switch
        {
            1 => Binary<TOperation, byte>(i, ref l),
            2 => Binary<TOperation, ushort>(i, ref l),
            4 => Binary<TOperation, uint>(i, ref l),
            _ => Binary<TOperation, ulong>(i, ref l),
        };
    }

    private static bool Binary<TOperation, T>(in Instruction i, ref Lowering l)
        where TOperation : IBinaryOperation
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        bool immediate = Operands.IsImmediate(i, 1);
        if (immediate)
            l.Op->Immediate = (long)i.GetImmediate(1);
        if (Lowering.IsMemory(i, 0))
        {
            AddressKind kind = l.UseMemory(i);
            if (!immediate)
                l.Op->Reg = Offsets.Of(i.Op1Register);
            if (i.HasLockPrefix)
            {
                return l.Use(kind switch
                {
                    AddressKind.BaseDisplacement => immediate
                        ? &ArithmeticHandlers<TOperation, T>.LockedMemImm<BaseDisplacement> : &ArithmeticHandlers<TOperation, T>.LockedMemReg<BaseDisplacement>,
                    AddressKind.Flat64 => immediate
                        ? &ArithmeticHandlers<TOperation, T>.LockedMemImm<Flat64> : &ArithmeticHandlers<TOperation, T>.LockedMemReg<Flat64>,
                    _ => immediate
                        ? &ArithmeticHandlers<TOperation, T>.LockedMemImm<Segmented> : &ArithmeticHandlers<TOperation, T>.LockedMemReg<Segmented>,
                });
            }

            return l.Use(kind switch
            {
                AddressKind.BaseDisplacement => immediate
                    ? &ArithmeticHandlers<TOperation, T>.MemImm<BaseDisplacement> : &ArithmeticHandlers<TOperation, T>.MemReg<BaseDisplacement>,
                AddressKind.Flat64 => immediate
                    ? &ArithmeticHandlers<TOperation, T>.MemImm<Flat64> : &ArithmeticHandlers<TOperation, T>.MemReg<Flat64>,
                _ => immediate
                    ? &ArithmeticHandlers<TOperation, T>.MemImm<Segmented> : &ArithmeticHandlers<TOperation, T>.MemReg<Segmented>,
            });
        }

        l.Op->Reg = Offsets.Of(i.Op0Register);
        if (immediate)
            return l.Use(&ArithmeticHandlers<TOperation, T>.RegImm);
        if (Lowering.IsMemory(i, 1))
        {
            return l.Use(l.UseMemory(i) switch
            {
                AddressKind.BaseDisplacement => &ArithmeticHandlers<TOperation, T>.RegMem<BaseDisplacement>,
                AddressKind.Flat64 => &ArithmeticHandlers<TOperation, T>.RegMem<Flat64>,
                _ => &ArithmeticHandlers<TOperation, T>.RegMem<Segmented>,
            });
        }

        l.Op->Rm = Offsets.Of(i.Op1Register);
        return l.Use(&ArithmeticHandlers<TOperation, T>.RegReg);
    }

    private static bool Unary<TOperation>(in Instruction i, ref Lowering l)
        where TOperation : IUnaryOperation
    {
        return Operands.Size(i, 0) switch
        {
            1 => Unary<TOperation, byte>(i, ref l),
            2 => Unary<TOperation, ushort>(i, ref l),
            4 => Unary<TOperation, uint>(i, ref l),
            _ => Unary<TOperation, ulong>(i, ref l),
        };
    }

    private static bool Unary<TOperation, T>(in Instruction i, ref Lowering l)
        where TOperation : IUnaryOperation
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        if (!Lowering.IsMemory(i, 0))
        {
            l.Op->Reg = Offsets.Of(i.Op0Register);
            return l.Use(&UnaryHandlers<TOperation, T>.Reg);
        }

        AddressKind kind = l.UseMemory(i);
        if (i.HasLockPrefix)
            l.Op->Prefix |= OpPrefix.Lock;
        return l.Use(kind switch
        {
            AddressKind.BaseDisplacement => &UnaryHandlers<TOperation, T>.Mem<BaseDisplacement>,
            AddressKind.Flat64 => &UnaryHandlers<TOperation, T>.Mem<Flat64>,
            _ => &UnaryHandlers<TOperation, T>.Mem<Segmented>,
        });
    }
}
