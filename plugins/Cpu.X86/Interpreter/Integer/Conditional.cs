using System.Numerics;
using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>SETcc and CMOVcc.</summary>
internal static unsafe class Conditional
{
    public static void Register(LoweringTable table)
    {
        table.Add(
            &Set,
            Mnemonic.Seto, Mnemonic.Setno, Mnemonic.Setb, Mnemonic.Setae, Mnemonic.Sete, Mnemonic.Setne, Mnemonic.Setbe, Mnemonic.Seta,
            Mnemonic.Sets, Mnemonic.Setns, Mnemonic.Setp, Mnemonic.Setnp, Mnemonic.Setl, Mnemonic.Setge, Mnemonic.Setle, Mnemonic.Setg);
        table.Add(
            &Move,
            Mnemonic.Cmovo, Mnemonic.Cmovno, Mnemonic.Cmovb, Mnemonic.Cmovae, Mnemonic.Cmove, Mnemonic.Cmovne, Mnemonic.Cmovbe, Mnemonic.Cmova,
            Mnemonic.Cmovs, Mnemonic.Cmovns, Mnemonic.Cmovp, Mnemonic.Cmovnp, Mnemonic.Cmovl, Mnemonic.Cmovge, Mnemonic.Cmovle, Mnemonic.Cmovg);
    }

    private static bool Set(in Instruction i, ref Lowering l) => i.ConditionCode switch
    {
        ConditionCode.o => Set<Conditions.Overflow>(i, ref l),
        ConditionCode.no => Set<Conditions.NotOverflow>(i, ref l),
        ConditionCode.b => Set<Conditions.Below>(i, ref l),
        ConditionCode.ae => Set<Conditions.AboveOrEqual>(i, ref l),
        ConditionCode.e => Set<Conditions.Equal>(i, ref l),
        ConditionCode.ne => Set<Conditions.NotEqual>(i, ref l),
        ConditionCode.be => Set<Conditions.BelowOrEqual>(i, ref l),
        ConditionCode.a => Set<Conditions.Above>(i, ref l),
        ConditionCode.s => Set<Conditions.Sign>(i, ref l),
        ConditionCode.ns => Set<Conditions.NotSign>(i, ref l),
        ConditionCode.p => Set<Conditions.Parity>(i, ref l),
        ConditionCode.np => Set<Conditions.NotParity>(i, ref l),
        ConditionCode.l => Set<Conditions.Less>(i, ref l),
        ConditionCode.ge => Set<Conditions.GreaterOrEqual>(i, ref l),
        ConditionCode.le => Set<Conditions.LessOrEqual>(i, ref l),
        _ => Set<Conditions.Greater>(i, ref l),
    };

    private static bool Set<TCondition>(in Instruction i, ref Lowering l)
        where TCondition : ICondition
    {
        if (Lowering.IsMemory(i, 0))
        {
            return l.Use(l.UseMemory(i) switch
            {
                AddressKind.BaseDisplacement => &SetMemory<TCondition, BaseDisplacement>,
                AddressKind.Flat64 => &SetMemory<TCondition, Flat64>,
                _ => &SetMemory<TCondition, Segmented>,
            });
        }

        l.Op->Reg = Offsets.Of(i.Op0Register);
        return l.Use(&SetRegister<TCondition>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* SetRegister<TCondition>(CoreState* s, Op* op, X86Core c)
        where TCondition : ICondition
    {
        Registers.Set(s, op->Reg, (byte)(TCondition.Test(s) ? 1 : 0));
        return op + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* SetMemory<TCondition, TAddressing>(CoreState* s, Op* op, X86Core c)
        where TCondition : ICondition
        where TAddressing : IAddressing =>
        Mem.Store<byte, TAddressing>(s, op, c, (byte)(TCondition.Test(s) ? 1 : 0)) ? op + 1 : c.Abort(op);

    private static bool Move(in Instruction i, ref Lowering l) => i.ConditionCode switch
    {
        ConditionCode.o => Move<Conditions.Overflow>(i, ref l),
        ConditionCode.no => Move<Conditions.NotOverflow>(i, ref l),
        ConditionCode.b => Move<Conditions.Below>(i, ref l),
        ConditionCode.ae => Move<Conditions.AboveOrEqual>(i, ref l),
        ConditionCode.e => Move<Conditions.Equal>(i, ref l),
        ConditionCode.ne => Move<Conditions.NotEqual>(i, ref l),
        ConditionCode.be => Move<Conditions.BelowOrEqual>(i, ref l),
        ConditionCode.a => Move<Conditions.Above>(i, ref l),
        ConditionCode.s => Move<Conditions.Sign>(i, ref l),
        ConditionCode.ns => Move<Conditions.NotSign>(i, ref l),
        ConditionCode.p => Move<Conditions.Parity>(i, ref l),
        ConditionCode.np => Move<Conditions.NotParity>(i, ref l),
        ConditionCode.l => Move<Conditions.Less>(i, ref l),
        ConditionCode.ge => Move<Conditions.GreaterOrEqual>(i, ref l),
        ConditionCode.le => Move<Conditions.LessOrEqual>(i, ref l),
        _ => Move<Conditions.Greater>(i, ref l),
    };

    private static bool Move<TCondition>(in Instruction i, ref Lowering l)
        where TCondition : ICondition => Operands.Size(i, 0) switch
        {
            2 => Move<TCondition, ushort>(i, ref l),
            4 => Move<TCondition, uint>(i, ref l),
            _ => Move<TCondition, ulong>(i, ref l),
        };

    private static bool Move<TCondition, T>(in Instruction i, ref Lowering l)
        where TCondition : ICondition
        where T : unmanaged
    {
        l.Op->Reg = Offsets.Of(i.Op0Register);
        if (Lowering.IsMemory(i, 1))
        {
            return l.Use(l.UseMemory(i) switch
            {
                AddressKind.BaseDisplacement => &MoveMemory<TCondition, T, BaseDisplacement>,
                AddressKind.Flat64 => &MoveMemory<TCondition, T, Flat64>,
                _ => &MoveMemory<TCondition, T, Segmented>,
            });
        }

        l.Op->Rm = Offsets.Of(i.Op1Register);
        return l.Use(&MoveRegister<TCondition, T>);
    }

    /// <summary>A 32-bit CMOV clears the upper half even when nothing moves (SDM volume 2, CMOVcc).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* MoveRegister<TCondition, T>(CoreState* s, Op* op, X86Core c)
        where TCondition : ICondition
        where T : unmanaged
    {
        Registers.Set(s, op->Reg, Registers.Get<T>(s, TCondition.Test(s) ? op->Rm : op->Reg));
        return op + 1;
    }

    /// <summary>The memory operand is read, and may fault, whatever the condition.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* MoveMemory<TCondition, T, TAddressing>(CoreState* s, Op* op, X86Core c)
        where TCondition : ICondition
        where T : unmanaged
        where TAddressing : IAddressing
    {
        if (!Mem.Load<T, TAddressing>(s, op, c, out T value))
            return c.Abort(op);
        Registers.Set(s, op->Reg, TCondition.Test(s) ? value : Registers.Get<T>(s, op->Reg));
        return op + 1;
    }
}
