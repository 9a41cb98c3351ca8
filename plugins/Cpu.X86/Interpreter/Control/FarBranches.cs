using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;
using Dominion.Cpu.X86.SystemRegisters;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Control;

/// <summary>Far JMP, CALL and RET; IRET; INT n, INT3, INT1, INTO, UD; SYSCALL, SYSRET, SYSENTER, SYSEXIT.</summary>
internal static unsafe class FarBranches
{
    public static void Register(LoweringTable table)
    {
        table.Add(&LowerReturn, Mnemonic.Retf);
        table.Add(&LowerInterruptReturn, Mnemonic.Iret, Mnemonic.Iretd, Mnemonic.Iretq);
        table.Add(&LowerInterrupt, Mnemonic.Int, Mnemonic.Int3, Mnemonic.Int1, Mnemonic.Into);
        table.Add(&LowerFast, Mnemonic.Syscall, Mnemonic.Sysret, Mnemonic.Sysretq, Mnemonic.Sysenter, Mnemonic.Sysexit, Mnemonic.Sysexitq);
        table.Add(&LowerUndefined, Mnemonic.Ud0, Mnemonic.Ud1, Mnemonic.Ud2);
    }

    /// <summary>Lowers a far JMP.</summary>
    public static bool LowerJump(in Instruction i, ref Lowering l) => LowerFar(i, ref l, false);

    /// <summary>Lowers a far CALL.</summary>
    public static bool LowerCall(in Instruction i, ref Lowering l) => LowerFar(i, ref l, true);

    private static bool LowerFar(in Instruction i, ref Lowering l, bool call)
    {
        if (i.Op0Kind is OpKind.FarBranch16 or OpKind.FarBranch32)
        {
            bool narrow = i.Op0Kind == OpKind.FarBranch16;
            l.Op->Immediate = narrow ? i.FarBranch16 : i.FarBranch32;
            l.Op->Extra = i.FarBranchSelector;
            l.Op->Size = (byte)(narrow ? 2 : 4);
            return l.UseLast(call ? &CallDirect : &JumpDirect);
        }

        int size = i.Code switch
        {
            Code.Jmp_m1616 or Code.Call_m1616 => 2,
            Code.Jmp_m1632 or Code.Call_m1632 => 4,
            _ => 8,
        };
        l.Op->Size = (byte)size;
        bool segmented = l.UseMemory(i) == AddressKind.Segmented;
        return l.UseLast(size switch
        {
            2 => segmented ? call ? &CallMemory<ushort, Segmented> : &JumpMemory<ushort, Segmented> : call ? &CallMemory<ushort, Flat64> : &JumpMemory<ushort, Flat64>,
            4 => segmented ? call ? &CallMemory<uint, Segmented> : &JumpMemory<uint, Segmented> : call ? &CallMemory<uint, Flat64> : &JumpMemory<uint, Flat64>,
            _ => segmented ? call ? &CallMemory<ulong, Segmented> : &JumpMemory<ulong, Segmented> : call ? &CallMemory<ulong, Flat64> : &JumpMemory<ulong, Flat64>,
        });
    }

    private static Op* JumpDirect(CoreState* s, Op* op, X86Core c) => Jump(op, c, op->Extra, (ulong)op->Immediate);

    private static Op* CallDirect(CoreState* s, Op* op, X86Core c) => Call(op, c, op->Extra, (ulong)op->Immediate);

    private static Op* JumpMemory<T, TAddressing>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
        where TAddressing : IAddressing =>
        FarOperand.Load<T, TAddressing>(s, op, c, out T offset, out ushort selector) ? Jump(op, c, selector, Widen(offset)) : c.Abort(op);

    private static Op* CallMemory<T, TAddressing>(CoreState* s, Op* op, X86Core c)
        where T : unmanaged
        where TAddressing : IAddressing =>
        FarOperand.Load<T, TAddressing>(s, op, c, out T offset, out ushort selector) ? Call(op, c, selector, Widen(offset)) : c.Abort(op);

    private static ulong Widen<T>(T value)
        where T : unmanaged => sizeof(T) switch
        {
            2 => *(ushort*)&value,
            4 => *(uint*)&value,
            _ => *(ulong*)&value,
        };

    private static Op* Jump(Op* op, X86Core c, ushort selector, ulong offset) =>
        c.Far.Jump(selector, offset, op->Size, c.NextRip(op)) ? null : c.Abort(op);

    private static Op* Call(Op* op, X86Core c, ushort selector, ulong offset) =>
        c.Far.Call(selector, offset, op->Size, c.NextRip(op)) ? null : c.Abort(op);

    private static bool LowerReturn(in Instruction i, ref Lowering l)
    {
        l.Op->Immediate = i.OpCount == 1 ? i.Immediate16 : 0;
        l.Op->Size = (byte)(i.Code switch
        {
            Code.Retfw or Code.Retfw_imm16 => 2,
            Code.Retfd or Code.Retfd_imm16 => 4,
            _ => 8,
        });
        return l.UseLast(&Return);
    }

    private static Op* Return(CoreState* s, Op* op, X86Core c) => c.Far.Return(op->Size, (uint)op->Immediate) ? null : c.Abort(op);

    private static bool LowerInterruptReturn(in Instruction i, ref Lowering l)
    {
        l.Op->Size = (byte)(i.Mnemonic switch
        {
            Mnemonic.Iret => 2,
            Mnemonic.Iretd => 4,
            _ => 8,
        });
        return l.UseLast(&InterruptReturn);
    }

    private static Op* InterruptReturn(CoreState* s, Op* op, X86Core c)
    {
        if (c.Intercepted(op, X86Intercept.Iret, out Op* next))
            return next;
        Interlocked.MemoryBarrier();
        return c.Returns.Return(op->Size, c.NextRip(op)) ? null : c.Abort(op);
    }

    private static bool LowerInterrupt(in Instruction i, ref Lowering l)
    {
        if (i.Mnemonic == Mnemonic.Int)
            l.Op->Extra = i.Immediate8;
        return l.UseLast(i.Mnemonic switch
        {
            Mnemonic.Int => &Interrupt,
            Mnemonic.Int3 => &Breakpoint,
            Mnemonic.Int1 => &DebugTrap,
            _ => &OverflowTrap,
        });
    }

    private static Op* Interrupt(CoreState* s, Op* op, X86Core c)
    {
        byte vector = (byte)op->Extra;
        if (c.IsIntercepted(X86Intercept.SoftwareInterrupt))
        {
            var info = new X86InterceptInfo { Intercept = X86Intercept.SoftwareInterrupt, Operand = vector };
            if (c.Intercepted(op, ref info, out Op* next))
                return next;
        }

        if (c.IsVirtual8086)
        {
            bool limited = ((s->Arch.Rflags >> 12) & 3) < 3;
            if ((s->Arch.Cr4 & ControlBits.Cr4Virtual8086) != 0)
            {
                if (!c.Tasks.RedirectsToIdt(vector, out bool toIdt))
                    return c.Abort(op);
                if (!toIdt)
                    return c.Events.EnterVirtual8086(vector, c.NextRip(op)) ? null : c.Abort(op);
            }

            if (limited)
                return c.GeneralProtection(op);
        }

        return c.RaiseSoftware(op, X86EventType.SoftwareInterrupt, vector);
    }

    private static Op* Breakpoint(CoreState* s, Op* op, X86Core c) =>
        c.RaiseSoftware(op, X86EventType.SoftwareException, (byte)X86Exception.Breakpoint);

    private static Op* DebugTrap(CoreState* s, Op* op, X86Core c) =>
        c.RaiseSoftware(op, X86EventType.PrivilegedSoftwareException, (byte)X86Exception.Debug);

    private static Op* OverflowTrap(CoreState* s, Op* op, X86Core c) =>
        Flags.GetOverflow(s) ? c.RaiseSoftware(op, X86EventType.SoftwareException, (byte)X86Exception.Overflow) : X86Core.FallThrough(s, c.NextRip(op));

    private static bool LowerUndefined(in Instruction i, ref Lowering l) => l.UseLast(&BlockEnds.Undefined);

    private static bool LowerFast(in Instruction i, ref Lowering l)
    {
        l.Op->Size = (byte)(i.Mnemonic is Mnemonic.Sysretq or Mnemonic.Sysexitq ? 8 : 4);
        return l.UseLast(i.Mnemonic switch
        {
            Mnemonic.Syscall => &SystemCall,
            Mnemonic.Sysret or Mnemonic.Sysretq => &SystemReturn,
            Mnemonic.Sysenter => &SystemEnter,
            _ => &SystemExit,
        });
    }

    private static X86Segment FlatCode(ushort selector, int dpl, bool wide) => new()
    {
        Selector = selector,
        Limit = uint.MaxValue,
        Attributes = (X86SegmentAttributes)(0x9B | (dpl << 5)) | X86SegmentAttributes.Granularity
            | (wide ? X86SegmentAttributes.Long : X86SegmentAttributes.Default32),
    };

    private static X86Segment FlatStack(ushort selector, int dpl) => new()
    {
        Selector = selector,
        Limit = uint.MaxValue,
        Attributes = (X86SegmentAttributes)(0x93 | (dpl << 5)) | X86SegmentAttributes.Granularity | X86SegmentAttributes.Default32,
    };

    private static Op* GoTo(CoreState* s, X86Core c, in X86Segment cs, in X86Segment ss, ulong rip)
    {
        X86Segment old = s->Arch.Segments[(int)X86SegmentRegister.Cs];
        s->Arch.Segments[(int)X86SegmentRegister.Cs] = cs;
        s->Arch.Segments[(int)X86SegmentRegister.Ss] = ss;
        if (c.IsLongMode)
            c.UpdateMode();
        else
            c.Far.CodeChanged(old);
        return X86Core.Indirect(s, rip);
    }

    /// <summary>SYSCALL and SYSRET outside 64-bit mode are AMD's alone; Intel's answer is #UD (APM volume 3, SYSCALL; SDM volume 2, SYSCALL).</summary>
    private static bool HasSystemCalls(CoreState* s, X86Core c) =>
        (s->Arch.Efer & ControlBits.EferSyscall) != 0 && (c.Is64Bit || (c.Model.IsAmd && c.IsProtected));

    private static Op* SystemCall(CoreState* s, Op* op, X86Core c)
    {
        if (!HasSystemCalls(s, c))
            return c.Undefined(op);
        if (c.Intercepted(op, X86Intercept.Syscall, out Op* next))
            return next;
        if (!c.IsLongMode)
            return LegacySystemCall(s, op, c);
        ulong entry = c.Is64Bit ? s->Arch.Lstar : s->Arch.Cstar;
        ulong flags = Flags.Get(s);
        Registers.Set(s, X86Register.Rcx, c.NextRip(op));
        Registers.Set(s, X86Register.R11, flags & ~Flags.Resume);
        ushort selector = (ushort)(s->Arch.Star >> 32);
        flags &= ~(s->Arch.Fmask | Flags.Resume);

        // The trap of single-stepping goes by TF as SYSCALL leaves it.
        c.TrapAfter &= (flags & Flags.Trap) != 0;
        Flags.Set(s, flags);
        return GoTo(s, c, FlatCode((ushort)(selector & 0xFFFC), 0, true), FlatStack((ushort)(selector + 8), 0), entry);
    }

    /// <summary>AMD's SYSCALL outside long mode: to the address in STAR, with VM, IF and RF clear.</summary>
    private static Op* LegacySystemCall(CoreState* s, Op* op, X86Core c)
    {
        Registers.Set(s, X86Register.Rcx, c.NextRip(op));
        s->Arch.Rflags &= ~(Flags.Virtual8086 | Flags.Interrupt | Flags.Resume);
        ushort selector = (ushort)(s->Arch.Star >> 32);
        Op* target = GoTo(s, c, FlatCode((ushort)(selector & 0xFFFC), 0, false), FlatStack((ushort)(selector + 8), 0), (uint)s->Arch.Star);
        c.SegmentsChanged();
        return target;
    }

    /// <summary>SYSRET. To an address that is not canonical Intel's faults before it returns, AMD's when the target is fetched.</summary>
    private static Op* SystemReturn(CoreState* s, Op* op, X86Core c)
    {
        if (!HasSystemCalls(s, c))
            return c.Undefined(op);
        if (s->Cpl != 0)
            return c.GeneralProtection(op);
        if (c.Intercepted(op, X86Intercept.Sysret, out Op* next))
            return next;
        ulong target = Registers.Get(s, X86Register.Rcx);
        bool wide = op->Size == 8;
        if (wide && !c.Model.IsAmd && !Paging.PageWalker.IsCanonical(s, target))
            return c.GeneralProtection(op);
        ushort selector = (ushort)(s->Arch.Star >> 48);
        const ulong Kept = 0x3C7FD7;
        ulong flags = c.Is64Bit ? (Registers.Get(s, X86Register.R11) & Kept) | Flags.Fixed : Flags.Get(s) | Flags.Interrupt;
        X86Segment cs = FlatCode((ushort)((selector + (wide ? 16 : 0)) | 3), 3, wide);
        X86Segment ss = FlatStack((ushort)((selector + 8) | 3), 3);
        s->Arch.Segments[(int)X86SegmentRegister.Cs] = cs;
        s->Arch.Segments[(int)X86SegmentRegister.Ss] = ss;
        c.SetFlags(flags & ~Flags.Resume);

        // The trap of single-stepping goes by TF as SYSRET leaves it: one that sets TF traps before the next instruction.
        c.TrapAfter = false;
        if ((flags & Flags.Trap) != 0)
            s->Arch.PendingDebug |= DebugRegisters.SingleStep;
        c.SegmentsChanged();
        return GoTo(s, c, cs, ss, wide ? target : (uint)target);
    }

    /// <summary>AMD's processors have SYSENTER and SYSEXIT outside long mode only (APM volume 3, SYSENTER).</summary>
    private static bool LacksFastEntry(X86Core c) => c.Model.IsAmd && c.IsLongMode;

    private static Op* SystemEnter(CoreState* s, Op* op, X86Core c)
    {
        if (LacksFastEntry(c))
            return c.Undefined(op);
        if (!c.IsProtected || (s->Arch.SysenterCs & 0xFFFC) == 0)
            return c.GeneralProtection(op);
        if (c.Intercepted(op, X86Intercept.Sysenter, out Op* next))
            return next;
        bool wide = c.IsLongMode;
        ushort selector = (ushort)(s->Arch.SysenterCs & 0xFFFC);
        s->Arch.Rflags &= ~(Flags.Interrupt | Flags.Virtual8086 | Flags.Resume);
        s->Arch.Gpr[(int)X86Register.Rsp] = wide ? s->Arch.SysenterEsp : (uint)s->Arch.SysenterEsp;
        Op* target = GoTo(
            s, c, FlatCode(selector, 0, wide), FlatStack((ushort)(selector + 8), 0), wide ? s->Arch.SysenterEip : (uint)s->Arch.SysenterEip);
        c.SegmentsChanged();
        return target;
    }

    private static Op* SystemExit(CoreState* s, Op* op, X86Core c)
    {
        if (LacksFastEntry(c))
            return c.Undefined(op);
        if (!c.IsProtected || s->Cpl != 0 || (s->Arch.SysenterCs & 0xFFFC) == 0)
            return c.GeneralProtection(op);
        bool wide = op->Size == 8;
        ulong rip = Registers.Get(s, X86Register.Rdx);
        ulong rsp = Registers.Get(s, X86Register.Rcx);
        if (wide && (!Paging.PageWalker.IsCanonical(s, rip) || !Paging.PageWalker.IsCanonical(s, rsp)))
            return c.GeneralProtection(op);
        if (c.Intercepted(op, X86Intercept.Sysexit, out Op* next))
            return next;
        ushort selector = (ushort)((s->Arch.SysenterCs & 0xFFFC) + (wide ? 32u : 16u));
        s->Arch.Gpr[(int)X86Register.Rsp] = wide ? rsp : (uint)rsp;
        Op* target = GoTo(s, c, FlatCode((ushort)(selector | 3), 3, wide), FlatStack((ushort)((selector + 8) | 3), 3), wide ? rip : (uint)rip);
        c.SegmentsChanged();
        return target;
    }
}
