using System.Runtime.CompilerServices;
using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Integer;

/// <summary>CLC, STC, CMC, CLD, STD, LAHF, SAHF, SALC, PUSHF, POPF.</summary>
internal static unsafe class FlagMoves
{
    private const ulong AhFlags = Flags.Sign | Flags.Zero | Flags.Adjust | Flags.Parity | Flags.Carry;

    public static void Register(LoweringTable table)
    {
        table.Add(&LowerSimple, Mnemonic.Clc, Mnemonic.Stc, Mnemonic.Cmc, Mnemonic.Cld, Mnemonic.Std, Mnemonic.Lahf, Mnemonic.Sahf, Mnemonic.Salc);
        table.Add(&LowerPush, Mnemonic.Pushf, Mnemonic.Pushfd, Mnemonic.Pushfq);
        table.Add(&LowerPop, Mnemonic.Popf, Mnemonic.Popfd, Mnemonic.Popfq);
    }

    private static bool LowerSimple(in Instruction i, ref Lowering l) => l.Use(i.Mnemonic switch
    {
        Mnemonic.Clc => &ClearCarry,
        Mnemonic.Stc => &SetCarry,
        Mnemonic.Cmc => &ComplementCarry,
        Mnemonic.Cld => &ClearDirection,
        Mnemonic.Std => &SetDirection,
        Mnemonic.Lahf => &LoadAh,
        Mnemonic.Sahf => &StoreAh,
        _ => &SetAlFromCarry,
    });

    private static Op* ClearCarry(CoreState* s, Op* op, X86Core c)
    {
        Flags.SetCarry(s, false);
        return op + 1;
    }

    private static Op* SetCarry(CoreState* s, Op* op, X86Core c)
    {
        Flags.SetCarry(s, true);
        return op + 1;
    }

    private static Op* ComplementCarry(CoreState* s, Op* op, X86Core c)
    {
        Flags.SetCarry(s, !Flags.GetCarry(s));
        return op + 1;
    }

    private static Op* ClearDirection(CoreState* s, Op* op, X86Core c)
    {
        s->Arch.Rflags &= ~Flags.Direction;
        return op + 1;
    }

    private static Op* SetDirection(CoreState* s, Op* op, X86Core c)
    {
        s->Arch.Rflags |= Flags.Direction;
        return op + 1;
    }

    private static Op* LoadAh(CoreState* s, Op* op, X86Core c)
    {
        Registers.Set(s, 1, (byte)((Flags.GetStatus(s) & AhFlags) | Flags.Fixed));
        return op + 1;
    }

    private static Op* StoreAh(CoreState* s, Op* op, X86Core c)
    {
        Flags.SetStatus(s, (Flags.GetStatus(s) & Flags.Overflow) | (Registers.Get<byte>(s, 1) & AhFlags));
        return op + 1;
    }

    private static Op* SetAlFromCarry(CoreState* s, Op* op, X86Core c)
    {
        Registers.Set(s, 0, (byte)(Flags.GetCarry(s) ? 0xFF : 0));
        return op + 1;
    }

    private static bool LowerPush(in Instruction i, ref Lowering l) => l.Use(i.Mnemonic switch
    {
        Mnemonic.Pushf => &Push<ushort>,
        Mnemonic.Pushfd => &Push<uint>,
        _ => &Push<ulong>,
    });

    private static bool LowerPop(in Instruction i, ref Lowering l) => l.UseLast(i.Mnemonic switch
    {
        Mnemonic.Popf => &Pop<ushort>,
        Mnemonic.Popfd => &Pop<uint>,
        _ => &Pop<ulong>,
    });

    private static int IoPrivilege(CoreState* s) => (int)(s->Arch.Rflags >> 12) & 3;

    /// <summary>VM and RF are pushed as zero (SDM volume 2, PUSHF).</summary>
    private static Op* Push<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
    {
        if (c.Intercepted(op, X86Intercept.Pushf, out Op* next))
            return next;
        ulong flags = Flags.Get(s) & ~(Flags.Virtual8086 | Flags.Resume);
        if (c.IsVirtual8086 && IoPrivilege(s) < 3)
        {
            // With VME the virtual interrupt flag stands in for IF (SDM volume 3B, 21.3).
            if ((s->Arch.Cr4 & ControlBits.Cr4Virtual8086) == 0 || sizeof(T) != 2)
                return c.GeneralProtection(op);
            flags = (flags & ~Flags.Interrupt) | Flags.IoPrivilege | ((flags & Flags.VirtualInterrupt) != 0 ? Flags.Interrupt : 0);
        }

        return Stack.Push(s, c, *(T*)&flags) ? op + 1 : c.Abort(op);
    }

    private static Op* Pop<T>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
    {
        if (c.Intercepted(op, X86Intercept.Popf, out Op* next))
            return next;
        bool virtual8086 = c.IsVirtual8086;
        bool extension = virtual8086 && IoPrivilege(s) < 3;
        if (extension && ((s->Arch.Cr4 & ControlBits.Cr4Virtual8086) == 0 || sizeof(T) != 2))
            return c.GeneralProtection(op);
        ulong rsp = s->Arch.Gpr[(int)X86Register.Rsp];
        if (!Stack.Pop(s, c, out T popped))
            return c.Abort(op);
        ulong value = sizeof(T) == 2 ? *(ushort*)&popped : *(uint*)&popped;
        ulong changeable = Flags.Status | Flags.Trap | Flags.Direction | Flags.NestedTask;
        if (sizeof(T) != 2)
            changeable |= Flags.AlignmentCheck | Flags.Identification;
        ulong old = Flags.Get(s);
        if (extension)
        {
            if ((value & Flags.Trap) != 0 || ((value & Flags.Interrupt) != 0 && (old & Flags.VirtualInterruptPending) != 0))
            {
                s->Arch.Gpr[(int)X86Register.Rsp] = rsp;
                return c.GeneralProtection(op);
            }

            old = (value & Flags.Interrupt) != 0 ? old | Flags.VirtualInterrupt : old & ~Flags.VirtualInterrupt;
        }
        else
        {
            if (s->Cpl <= IoPrivilege(s) || virtual8086)
                changeable |= Flags.Interrupt;
            if (s->Cpl == 0)
                changeable |= Flags.IoPrivilege;
        }

        ulong flags = (old & ~changeable) | (value & changeable);
        if (sizeof(T) != 2)
            flags &= ~Flags.Resume;
        c.SetFlags(flags);
        return c.LeaveOrContinue(op);
    }
}
