using System.Numerics;
using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>PUSH, POP, PUSHA, POPA, ENTER, LEAVE.</summary>
internal static unsafe class StackMoves
{
    private const int Rbp = 8 * (int)X86Register.Rbp;

    public static void Register(LoweringTable table)
    {
        table.Add(&LowerPush, Mnemonic.Push);
        table.Add(&LowerPop, Mnemonic.Pop);
        table.Add(&LowerAll, Mnemonic.Pusha, Mnemonic.Pushad, Mnemonic.Popa, Mnemonic.Popad);
        table.Add(&LowerFrame, Mnemonic.Enter, Mnemonic.Leave);
    }

    private static bool LowerPush(in Instruction i, ref Lowering l) => -i.StackPointerIncrement switch
    {
        2 => LowerPush<ushort>(i, ref l),
        4 => LowerPush<uint>(i, ref l),
        _ => LowerPush<ulong>(i, ref l),
    };

    private static bool LowerPush<T>(in Instruction i, ref Lowering l)
        where T : unmanaged
    {
        if (Operands.IsImmediate(i, 0))
        {
            l.Op->Immediate = (long)i.GetImmediate(0);
            return l.Use(&PushImmediate<T>);
        }

        if (Lowering.IsMemory(i, 0))
            return l.Use(l.UseMemory(i) == AddressKind.Segmented ? &PushMemory<T, Segmented> : &PushMemory<T, Flat64>);
        if (i.Op0Register.IsSegmentRegister())
        {
            l.Op->Segment = (byte)Offsets.SegmentNumber(i.Op0Register);
            return l.Use(&PushSegment<T>);
        }

        l.Op->Reg = Offsets.Of(i.Op0Register);
        return l.Use(&PushRegister<T>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* PushRegister<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged => Stack.Push(s, c, Registers.Get<T>(s, op->Reg)) ? op + 1 : c.Abort(op);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* PushImmediate<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged => Stack.Push(s, c, *(T*)&op->Immediate) ? op + 1 : c.Abort(op);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* PushMemory<T, TAddressing>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
        where TAddressing : IAddressing =>
        Mem.Load<T, TAddressing>(s, op, c, out T value) && Stack.Push(s, c, value) ? op + 1 : c.Abort(op);

    private static Op* PushSegment<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
    {
        ulong selector = s->Arch.Segments[op->Segment].Selector;
        return Stack.Push(s, c, *(T*)&selector) ? op + 1 : c.Abort(op);
    }

    private static bool LowerPop(in Instruction i, ref Lowering l) => i.StackPointerIncrement switch
    {
        2 => LowerPop<ushort>(i, ref l),
        4 => LowerPop<uint>(i, ref l),
        _ => LowerPop<ulong>(i, ref l),
    };

    private static bool LowerPop<T>(in Instruction i, ref Lowering l)
        where T : unmanaged
    {
        if (Lowering.IsMemory(i, 0))
            return l.Use(l.UseMemory(i) == AddressKind.Segmented ? &PopMemory<T, Segmented> : &PopMemory<T, Flat64>);
        if (i.Op0Register.IsSegmentRegister())
        {
            l.Op->Segment = (byte)Offsets.SegmentNumber(i.Op0Register);
            return l.UseLast(&PopSegment<T>);
        }

        l.Op->Reg = Offsets.Of(i.Op0Register);
        return l.Use(&PopRegister<T>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* PopRegister<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
    {
        if (!Stack.Pop(s, c, out T value))
            return c.Abort(op);
        Registers.Set(s, op->Reg, value);
        return op + 1;
    }

    /// <summary>An address made from RSP is made after RSP has moved (SDM volume 2, POP).</summary>
    private static Op* PopMemory<T, TAddressing>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
        where TAddressing : IAddressing
    {
        ulong rsp = s->Arch.Gpr[(int)X86Register.Rsp];
        if (!Stack.Pop(s, c, out T value))
            return c.Abort(op);
        if (Mem.Store<T, TAddressing>(s, op, c, value))
            return op + 1;
        s->Arch.Gpr[(int)X86Register.Rsp] = rsp;
        return c.Abort(op);
    }

    private static Op* PopSegment<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
    {
        ulong rsp = s->Arch.Gpr[(int)X86Register.Rsp];
        if (!Stack.Pop(s, c, out T value))
            return c.Abort(op);
        ulong after = s->Arch.Gpr[(int)X86Register.Rsp];
        s->Arch.Gpr[(int)X86Register.Rsp] = rsp;
        if (!c.Segments.Load((X86SegmentRegister)op->Segment, *(ushort*)&value))
            return c.Abort(op);
        s->Arch.Gpr[(int)X86Register.Rsp] = after;
        return Privileged.SegmentMoves.AfterLoad(s, op, c, (X86SegmentRegister)op->Segment);
    }

    private static bool LowerAll(in Instruction i, ref Lowering l) => l.Use(i.Mnemonic switch
    {
        Mnemonic.Pusha => &PushAll<ushort>,
        Mnemonic.Pushad => &PushAll<uint>,
        Mnemonic.Popa => &PopAll<ushort>,
        _ => &PopAll<uint>,
    });

    private static Op* PushAll<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
    {
        ulong rsp = s->Arch.Gpr[(int)X86Register.Rsp];
        for (int i = 0; i < 8; i++)
        {
            ulong value = i == (int)X86Register.Rsp ? rsp : s->Arch.Gpr[i];
            if (Stack.Push(s, c, *(T*)&value))
                continue;
            s->Arch.Gpr[(int)X86Register.Rsp] = rsp;
            return c.Abort(op);
        }

        return op + 1;
    }

    private static Op* PopAll<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
    {
        T* values = stackalloc T[8];
        for (int i = 0; i < 8; i++)
        {
            if (!Stack.Peek(s, c, (ulong)(i * sizeof(T)), out values[7 - i]))
                return c.Abort(op);
        }

        for (int i = 0; i < 8; i++)
        {
            if (i != (int)X86Register.Rsp)
                Registers.Set(s, 8 * i, values[i]);
        }

        Stack.SetPointer(s, s->Arch.Gpr[(int)X86Register.Rsp] + (ulong)(8 * sizeof(T)));
        return op + 1;
    }

    private static bool LowerFrame(in Instruction i, ref Lowering l)
    {
        int size = i.Code switch
        {
            Code.Enterw_imm16_imm8 or Code.Leavew => 2,
            Code.Enterd_imm16_imm8 or Code.Leaved => 4,
            _ => 8,
        };
        if (i.Mnemonic == Mnemonic.Leave)
        {
            return l.Use(size switch
            {
                2 => &Leave<ushort>,
                4 => &Leave<uint>,
                _ => &Leave<ulong>,
            });
        }

        l.Op->Immediate = i.Immediate16;
        l.Op->Extra = (ushort)(i.Immediate8_2nd & 31);
        return l.Use(size switch
        {
            2 => &Enter<ushort>,
            4 => &Enter<uint>,
            _ => &Enter<ulong>,
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Op* Leave<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
    {
        ulong rsp = s->Arch.Gpr[(int)X86Register.Rsp];
        Stack.SetPointer(s, s->Arch.Gpr[(int)X86Register.Rbp]);
        if (Stack.Pop(s, c, out T value))
        {
            Registers.Set(s, Rbp, value);
            return op + 1;
        }

        s->Arch.Gpr[(int)X86Register.Rsp] = rsp;
        return c.Abort(op);
    }

    /// <summary>Everything that can fault comes before RBP and RSP change (SDM volume 2, ENTER).</summary>
    private static Op* Enter<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
    {
        ulong rsp = s->Arch.Gpr[(int)X86Register.Rsp];
        ulong rbp = s->Arch.Gpr[(int)X86Register.Rbp];
        int level = op->Extra;
        bool ok = Stack.Push(s, c, *(T*)&rbp);
        ulong frame = s->Arch.Gpr[(int)X86Register.Rsp];
        for (int i = 1; ok && i < level; i++)
        {
            ulong pointer = (rbp - (ulong)(i * sizeof(T))) & Stack.Mask(s);
            ok = Stack.Resolve(s, c, pointer, sizeof(T), false, out ulong linear)
                && Mem.LoadAt(s, c, (int)X86SegmentRegister.Ss, linear, out T value)
                && Stack.Push(s, c, value);
        }

        if (ok && level > 0)
            ok = Stack.Push(s, c, *(T*)&frame);
        if (ok)
        {
            Stack.SetPointer(s, s->Arch.Gpr[(int)X86Register.Rsp] - (ulong)op->Immediate);
            ulong top = Stack.Pointer(s);
            ok = Stack.Resolve(s, c, top, sizeof(T), true, out ulong linear) && c.ProbeWrite((int)X86SegmentRegister.Ss, linear, sizeof(T));
        }

        if (!ok)
        {
            s->Arch.Gpr[(int)X86Register.Rsp] = rsp;
            return c.Abort(op);
        }

        Registers.Set(s, Rbp, *(T*)&frame);
        return op + 1;
    }
}
