using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Integer;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.Paging;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Control;

/// <summary>Near JMP, CALL, RET, Jcc, LOOPcc and JrCXZ.</summary>
internal static unsafe class Branches
{
    public static void Register(LoweringTable table)
    {
        table.Add(
            &Jump,
            Mnemonic.Jo, Mnemonic.Jno, Mnemonic.Jb, Mnemonic.Jae, Mnemonic.Je, Mnemonic.Jne, Mnemonic.Jbe, Mnemonic.Ja,
            Mnemonic.Js, Mnemonic.Jns, Mnemonic.Jp, Mnemonic.Jnp, Mnemonic.Jl, Mnemonic.Jge, Mnemonic.Jle, Mnemonic.Jg);
        table.Add(&JumpAlways, Mnemonic.Jmp);
        table.Add(&Call, Mnemonic.Call);
        table.Add(&Return, Mnemonic.Ret);
        table.Add(&Loop, Mnemonic.Loop, Mnemonic.Loope, Mnemonic.Loopne, Mnemonic.Jcxz, Mnemonic.Jecxz, Mnemonic.Jrcxz);
    }

    /// <summary>Whether an address can be branched to: canonical in 64-bit mode, within CS otherwise.</summary>
    public static bool IsTargetValid(CoreState* s, ulong target) =>
        (s->Mode & BlockMode.Code64) != 0 ? PageWalker.IsCanonical(s, target) : target <= s->Arch.Segments[(int)X86SegmentRegister.Cs].Limit;

    /// <summary>The operand size of a near branch in bytes. In 64-bit mode it is 8 whatever the prefix (SDM volume 2, JMP; an operand-size prefix is ignored by Intel's processors).</summary>
    private static int BranchSize(in Instruction i, in Lowering l) =>
        l.Is64Bit ? 8
        : i.Op0Kind switch
        {
            OpKind.NearBranch16 => 2,
            OpKind.NearBranch32 => 4,
            OpKind.Register => i.Op0Register.GetSize(),
            OpKind.Memory => i.MemorySize.GetSize(),
            _ => l.CodeSize,
        };

    private static void SetTarget(in Instruction i, ref Lowering l) => l.Op->Immediate = (long)(i.NearBranchTarget - l.BlockRip);

    private static bool Jump(in Instruction i, ref Lowering l)
    {
        SetTarget(i, ref l);
        l.Op->Size = (byte)BranchSize(i, l);
        return i.ConditionCode switch
        {
            ConditionCode.o => l.UseLast(&Conditional<Conditions.Overflow>),
            ConditionCode.no => l.UseLast(&Conditional<Conditions.NotOverflow>),
            ConditionCode.b => l.UseLast(&Conditional<Conditions.Below>),
            ConditionCode.ae => l.UseLast(&Conditional<Conditions.AboveOrEqual>),
            ConditionCode.e => l.UseLast(&Conditional<Conditions.Equal>),
            ConditionCode.ne => l.UseLast(&Conditional<Conditions.NotEqual>),
            ConditionCode.be => l.UseLast(&Conditional<Conditions.BelowOrEqual>),
            ConditionCode.a => l.UseLast(&Conditional<Conditions.Above>),
            ConditionCode.s => l.UseLast(&Conditional<Conditions.Sign>),
            ConditionCode.ns => l.UseLast(&Conditional<Conditions.NotSign>),
            ConditionCode.p => l.UseLast(&Conditional<Conditions.Parity>),
            ConditionCode.np => l.UseLast(&Conditional<Conditions.NotParity>),
            ConditionCode.l => l.UseLast(&Conditional<Conditions.Less>),
            ConditionCode.ge => l.UseLast(&Conditional<Conditions.GreaterOrEqual>),
            ConditionCode.le => l.UseLast(&Conditional<Conditions.LessOrEqual>),
            _ => l.UseLast(&Conditional<Conditions.Greater>),
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* Conditional<TCondition>(CoreState* s, Op* op, X86Core c)
        where TCondition : ICondition =>
        TCondition.Test(s) ? Direct(s, op, c) : X86Core.FallThrough(s, c.NextRip(op));

    /// <summary>Goes to a direct target: along the block's link when there is one, which was made after the target's check.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Op* Direct(CoreState* s, Op* op, X86Core c)
    {
        ulong target = s->BlockRip + (ulong)op->Immediate;
        if ((s->Mode & BlockMode.Code64) != 0 && s->Block->TakenGeneration == s->Generation)
            return X86Core.Taken(s, target);
        return DirectChecked(s, op, c, target);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Op* DirectChecked(CoreState* s, Op* op, X86Core c, ulong target)
    {
        target &= op->Size == 2 ? 0xFFFF : X86Core.RipMask(s);
        return IsTargetValid(s, target) ? X86Core.Taken(s, target) : c.GeneralProtection(op);
    }

    private static bool JumpAlways(in Instruction i, ref Lowering l)
    {
        if (i.Op0Kind is OpKind.FarBranch16 or OpKind.FarBranch32 || i.Code is Code.Jmp_m1616 or Code.Jmp_m1632 or Code.Jmp_m1664)
            return FarBranches.LowerJump(i, ref l);
        int size = BranchSize(i, l);
        l.Op->Size = (byte)size;
        if (i.Op0Kind is OpKind.NearBranch16 or OpKind.NearBranch32 or OpKind.NearBranch64)
        {
            SetTarget(i, ref l);
            return l.UseLast(&JumpDirect);
        }

        return UseIndirect(i, ref l, size, false);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* JumpDirect(CoreState* s, Op* op, X86Core c) => Direct(s, op, c);

    private static bool UseIndirect(in Instruction i, ref Lowering l, int size, bool call)
    {
        if (i.Op0Kind == OpKind.Register)
        {
            l.Op->Reg = Offsets.Of(i.Op0Register);
            return l.UseLast(size switch
            {
                2 => call ? &CallRegister<ushort> : &JumpRegister<ushort>,
                4 => call ? &CallRegister<uint> : &JumpRegister<uint>,
                _ => call ? &CallRegister<ulong> : &JumpRegister<ulong>,
            });
        }

        AddressKind kind = l.UseMemory(i);
        return l.UseLast((size, kind) switch
        {
            (2, _) => call ? &CallMemory<ushort, Segmented> : &JumpMemory<ushort, Segmented>,
            (4, _) => call ? &CallMemory<uint, Segmented> : &JumpMemory<uint, Segmented>,
            (_, AddressKind.Segmented) => call ? &CallMemory<ulong, Segmented> : &JumpMemory<ulong, Segmented>,
            _ => call ? &CallMemory<ulong, Flat64> : &JumpMemory<ulong, Flat64>,
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* JumpRegister<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged => JumpTo(s, op, c, Widen(Registers.Get<T>(s, op->Reg)));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* JumpMemory<T, TAddressing>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
        where TAddressing : IAddressing =>
        Mem.Load<T, TAddressing>(s, op, c, out T target) ? JumpTo(s, op, c, Widen(target)) : c.Abort(op);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Op* JumpTo(CoreState* s, Op* op, X86Core c, ulong target)
    {
        Op* next = X86Core.Indirect(s, target);
        return next != null || IsTargetValid(s, target) ? next : c.GeneralProtection(op);
    }

    private static bool Call(in Instruction i, ref Lowering l)
    {
        if (i.Op0Kind is OpKind.FarBranch16 or OpKind.FarBranch32 || i.Code is Code.Call_m1616 or Code.Call_m1632 or Code.Call_m1664)
            return FarBranches.LowerCall(i, ref l);
        int size = BranchSize(i, l);
        l.Op->Size = (byte)size;
        if (i.Op0Kind is OpKind.NearBranch16 or OpKind.NearBranch32 or OpKind.NearBranch64)
        {
            SetTarget(i, ref l);
            return l.UseLast(size switch
            {
                2 => &CallDirect<ushort>,
                4 => &CallDirect<uint>,
                _ => &CallDirect<ulong>,
            });
        }

        return UseIndirect(i, ref l, size, true);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* CallDirect<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
    {
        ulong target = s->BlockRip + (ulong)op->Immediate;
        if ((s->Mode & BlockMode.Code64) == 0 || s->Block->TakenGeneration != s->Generation)
        {
            target &= op->Size == 2 ? 0xFFFF : X86Core.RipMask(s);
            if (!IsTargetValid(s, target))
                return c.GeneralProtection(op);
        }

        ulong next = c.NextRip(op);
        return Stack.Push(s, c, *(T*)&next) ? X86Core.Taken(s, target) : c.Abort(op);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* CallRegister<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged => CallTo<T>(s, op, c, Widen(Registers.Get<T>(s, op->Reg)));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* CallMemory<T, TAddressing>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
        where TAddressing : IAddressing =>
        Mem.Load<T, TAddressing>(s, op, c, out T target) ? CallTo<T>(s, op, c, Widen(target)) : c.Abort(op);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Op* CallTo<T>(CoreState* s, Op* op, X86Core c, ulong target)
        where T : unmanaged
    {
        if (!IsTargetValid(s, target))
            return c.GeneralProtection(op);
        ulong next = c.NextRip(op);
        return Stack.Push(s, c, *(T*)&next) ? X86Core.Indirect(s, target) : c.Abort(op);
    }

    private static bool Return(in Instruction i, ref Lowering l)
    {
        int size = i.Code switch
        {
            Code.Retnw or Code.Retnw_imm16 => 2,
            Code.Retnd or Code.Retnd_imm16 => 4,
            _ => 8,
        };
        l.Op->Immediate = i.OpCount == 1 ? i.Immediate16 : 0;
        return l.UseLast(size switch
        {
            2 => &ReturnNear<ushort>,
            4 => &ReturnNear<uint>,
            _ => &ReturnNear<ulong>,
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* ReturnNear<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
    {
        ulong rsp = s->Arch.Gpr[(int)X86Register.Rsp];
        if (!Stack.Pop(s, c, out T popped))
            return c.Abort(op);
        ulong target = Widen(popped);
        if (op->Immediate != 0)
            Stack.SetPointer(s, s->Arch.Gpr[(int)X86Register.Rsp] + (ulong)op->Immediate);
        Op* next = X86Core.Indirect(s, target);
        if (next != null || IsTargetValid(s, target))
            return next;
        s->Arch.Gpr[(int)X86Register.Rsp] = rsp;
        return c.GeneralProtection(op);
    }

    private static bool Loop(in Instruction i, ref Lowering l)
    {
        SetTarget(i, ref l);
        l.Op->Size = (byte)BranchSize(i, l);
        int counter = i.Code switch
        {
            Code.Loop_rel8_16_CX or Code.Loop_rel8_32_CX or Code.Loope_rel8_16_CX or Code.Loope_rel8_32_CX
                or Code.Loopne_rel8_16_CX or Code.Loopne_rel8_32_CX or Code.Jcxz_rel8_16 or Code.Jcxz_rel8_32 => 2,
            Code.Loop_rel8_16_ECX or Code.Loop_rel8_32_ECX or Code.Loop_rel8_64_ECX or Code.Loope_rel8_16_ECX or Code.Loope_rel8_32_ECX
                or Code.Loope_rel8_64_ECX or Code.Loopne_rel8_16_ECX or Code.Loopne_rel8_32_ECX or Code.Loopne_rel8_64_ECX
                or Code.Jecxz_rel8_16 or Code.Jecxz_rel8_32 or Code.Jecxz_rel8_64 => 4,
            _ => 8,
        };
        l.Op->Extra = (ushort)counter;
        return l.UseLast(i.Mnemonic switch
        {
            Mnemonic.Loop => &LoopAlways,
            Mnemonic.Loope => &LoopWhileEqual,
            Mnemonic.Loopne => &LoopWhileNotEqual,
            _ => &JumpIfCounterZero,
        });
    }

    private static Op* LoopAlways(CoreState* s, Op* op, X86Core c) => Count(s, op, c, true);

    private static Op* LoopWhileEqual(CoreState* s, Op* op, X86Core c) => Count(s, op, c, Flags.GetZero(s));

    private static Op* LoopWhileNotEqual(CoreState* s, Op* op, X86Core c) => Count(s, op, c, !Flags.GetZero(s));

    private static Op* Count(CoreState* s, Op* op, X86Core c, bool condition)
    {
        const int Rcx = 8 * (int)X86Register.Rcx;
        ulong counter = Counter(s, op->Extra) - 1;
        bool again = (op->Extra == 8 ? counter : op->Extra == 4 ? (uint)counter : (ushort)counter) != 0 && condition;
        if (again)
        {
            ulong target = (s->BlockRip + (ulong)op->Immediate) & (op->Size == 2 ? 0xFFFF : X86Core.RipMask(s));
            if (!IsTargetValid(s, target))
                return c.GeneralProtection(op);
        }

        switch (op->Extra)
        {
            case 2: Registers.Set(s, Rcx, (ushort)counter); break;
            case 4: Registers.Set(s, Rcx, (uint)counter); break;
            default: Registers.Set(s, Rcx, counter); break;
        }

        return again ? Direct(s, op, c) : X86Core.FallThrough(s, c.NextRip(op));
    }

    private static Op* JumpIfCounterZero(CoreState* s, Op* op, X86Core c) =>
        Counter(s, op->Extra) == 0 ? Direct(s, op, c) : X86Core.FallThrough(s, c.NextRip(op));

    private static ulong Counter(CoreState* s, int size)
    {
        ulong rcx = Registers.Get(s, X86Register.Rcx);
        return size switch
        {
            2 => (ushort)rcx,
            4 => (uint)rcx,
            _ => rcx,
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Widen<T>(T value)
        where T : unmanaged =>
        typeof(T) == typeof(ushort) ? *(ushort*)&value : typeof(T) == typeof(uint) ? *(uint*)&value : *(ulong*)&value;
}
