using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Privileged;

/// <summary>CPUID, HLT, the cache and TLB instructions, RDTSC and its kin, RDMSR and WRMSR, CLI, STI, CLAC, STAC, SWAPGS, and what an extension registers.</summary>
internal static unsafe class SystemInstructions
{
    public static void Register(LoweringTable table)
    {
        table.Add(
            &Lower,
            Mnemonic.Cpuid, Mnemonic.Rdtsc, Mnemonic.Rdtscp, Mnemonic.Rdmsr, Mnemonic.Rdpmc, Mnemonic.Invd, Mnemonic.Wbinvd,
            Mnemonic.Swapgs, Mnemonic.Rdpid);
        table.Add(&LowerLast, Mnemonic.Hlt, Mnemonic.Wrmsr, Mnemonic.Sti, Mnemonic.Cli, Mnemonic.Clac, Mnemonic.Stac, Mnemonic.Rsm);
        table.Add(&LowerInvalidatePage, Mnemonic.Invlpg);
        table.Add(&LowerFlushLine, Mnemonic.Clflush, Mnemonic.Clflushopt, Mnemonic.Clwb);
    }

    private static bool Lower(in Instruction i, ref Lowering l)
    {
        if (i.Mnemonic == Mnemonic.Rdpid)
            l.Op->Reg = Offsets.Of(i.Op0Register.GetFullRegister());
        return l.Use(i.Mnemonic switch
        {
            Mnemonic.Cpuid => &Cpuid,
            Mnemonic.Rdtsc => &ReadTimestamp,
            Mnemonic.Rdtscp => &ReadTimestampAndId,
            Mnemonic.Rdmsr => &ReadMsr,
            Mnemonic.Rdpmc => &ReadCounter,
            Mnemonic.Swapgs => &SwapGs,
            Mnemonic.Rdpid => &ReadId,
            Mnemonic.Invd => &Invalidate,
            _ => &WriteBackInvalidate,
        });
    }

    private static bool LowerLast(in Instruction i, ref Lowering l) => l.UseLast(i.Mnemonic switch
    {
        Mnemonic.Hlt => &Halt,
        Mnemonic.Wrmsr => &WriteMsr,
        Mnemonic.Sti => &SetInterrupt,
        Mnemonic.Cli => &ClearInterrupt,
        Mnemonic.Clac => &ClearAc,
        Mnemonic.Stac => &SetAc,
        _ => &Resume,
    });

    /// <summary>PAUSE: gives way when something waits.</summary>
    public static Op* Pause(CoreState* s, Op* op, X86Core c) =>
        c.Intercepted(op, X86Intercept.Pause, out Op* next) ? next : c.Pause(op);

    private static Op* Cpuid(CoreState* s, Op* op, X86Core c)
    {
        if (c.Intercepted(op, X86Intercept.Cpuid, out Op* next))
            return next;
        X86CpuidResult result = c.Cpuid.Get((uint)Registers.Get(s, X86Register.Rax), (uint)Registers.Get(s, X86Register.Rcx));
        Registers.Set(s, X86Register.Rax, result.Eax);
        Registers.Set(s, X86Register.Rbx, result.Ebx);
        Registers.Set(s, X86Register.Rcx, result.Ecx);
        Registers.Set(s, X86Register.Rdx, result.Edx);
        return c.Serialize(op);
    }

    private static bool MayReadTimestamp(CoreState* s, X86Core c) =>
        s->Cpl == 0 || !c.IsProtected || (s->Arch.Cr4 & ControlBits.Cr4TimeStampDisable) == 0;

    private static Op* ReadTimestamp(CoreState* s, Op* op, X86Core c)
    {
        if (!MayReadTimestamp(s, c))
            return c.GeneralProtection(op);
        if (c.Intercepted(op, X86Intercept.Rdtsc, out Op* next))
            return next;
        c.CurrentOp = op;
        ulong timestamp = c.TimestampCounter + c.Controls.TscOffset;
        c.CurrentOp = null;
        Registers.Set(s, X86Register.Rax, (uint)timestamp);
        Registers.Set(s, X86Register.Rdx, timestamp >> 32);
        return op + 1;
    }

    private static Op* ReadTimestampAndId(CoreState* s, Op* op, X86Core c)
    {
        if (!MayReadTimestamp(s, c))
            return c.GeneralProtection(op);
        if (c.Intercepted(op, X86Intercept.Rdtscp, out Op* next))
            return next;
        c.CurrentOp = op;
        ulong timestamp = c.TimestampCounter + c.Controls.TscOffset;
        c.CurrentOp = null;
        Registers.Set(s, X86Register.Rax, (uint)timestamp);
        Registers.Set(s, X86Register.Rdx, timestamp >> 32);
        Registers.Set(s, X86Register.Rcx, (uint)s->Arch.TscAux);
        return op + 1;
    }

    private static Op* ReadId(CoreState* s, Op* op, X86Core c)
    {
        if (c.Intercepted(op, X86Intercept.Rdpid, out Op* next))
            return next;
        Registers.Set(s, op->Reg, (ulong)(uint)s->Arch.TscAux);
        return op + 1;
    }

    /// <summary>There are no performance counters, so every index is out of range.</summary>
    private static Op* ReadCounter(CoreState* s, Op* op, X86Core c) =>
        c.Intercepted(op, X86Intercept.Rdpmc, out Op* next) ? next : c.GeneralProtection(op);

    private static Op* ReadMsr(CoreState* s, Op* op, X86Core c)
    {
        if (s->Cpl != 0)
            return c.GeneralProtection(op);
        uint index = (uint)Registers.Get(s, X86Register.Rcx);
        ulong value;
        if (c.IsIntercepted(X86Intercept.ReadMsr))
        {
            var info = new X86InterceptInfo { Intercept = X86Intercept.ReadMsr, Stage = X86InterceptStage.AfterChecks, Operand = index };
            if (c.Intercepted(op, ref info, out Op* next))
                return next;
        }

        c.CurrentOp = op;
        bool known = c.Msrs.TryRead(index, out value);
        c.CurrentOp = null;
        if (!known)
            return c.GeneralProtection(op);
        Registers.Set(s, X86Register.Rax, (uint)value);
        Registers.Set(s, X86Register.Rdx, value >> 32);
        return op + 1;
    }

    private static Op* WriteMsr(CoreState* s, Op* op, X86Core c)
    {
        if (s->Cpl != 0)
            return c.GeneralProtection(op);
        uint index = (uint)Registers.Get(s, X86Register.Rcx);
        ulong value = (Registers.Get(s, X86Register.Rdx) << 32) | (uint)Registers.Get(s, X86Register.Rax);
        if (c.IsIntercepted(X86Intercept.WriteMsr))
        {
            var info = new X86InterceptInfo
            {
                Intercept = X86Intercept.WriteMsr, Stage = X86InterceptStage.AfterChecks, Operand = index, Value = value, IsWrite = true,
            };
            if (c.Intercepted(op, ref info, out Op* next))
                return next;
            value = info.Value;
        }

        c.CurrentOp = op;
        bool allowed = c.Msrs.TryWrite(index, value);
        c.CurrentOp = null;
        if (!allowed)
            return c.GeneralProtection(op);
        c.UpdateMode();
        Interlocked.MemoryBarrier();
        return c.LeaveOrContinue(op);
    }

    private static Op* Halt(CoreState* s, Op* op, X86Core c)
    {
        if (s->Cpl != 0)
            return c.GeneralProtection(op);
        if (c.Intercepted(op, X86Intercept.Hlt, out Op* next))
            return next;
        c.EndWait();
        s->Arch.Activity = X86Activity.Halted;
        Volatile.Write(ref s->Attention, 1);
        return c.LeaveAfter(op);
    }

    private static Op* Invalidate(CoreState* s, Op* op, X86Core c)
    {
        if (s->Cpl != 0)
            return c.GeneralProtection(op);
        return c.Intercepted(op, X86Intercept.Invd, out Op* next) ? next : c.Serialize(op);
    }

    private static Op* WriteBackInvalidate(CoreState* s, Op* op, X86Core c)
    {
        if (s->Cpl != 0)
            return c.GeneralProtection(op);
        return c.Intercepted(op, X86Intercept.Wbinvd, out Op* next) ? next : c.Serialize(op);
    }

    /// <summary>Outside system-management mode RSM is undefined.</summary>
    private static Op* Resume(CoreState* s, Op* op, X86Core c) =>
        c.Intercepted(op, X86Intercept.Rsm, out Op* next) ? next : c.Undefined(op);

    private static Op* SwapGs(CoreState* s, Op* op, X86Core c)
    {
        if (s->Cpl != 0)
            return c.GeneralProtection(op);
        ref ulong gs = ref s->Arch.Segments[(int)X86SegmentRegister.Gs].Base;
        (gs, s->Arch.KernelGsBase) = (s->Arch.KernelGsBase, gs);
        return op + 1;
    }

    private static bool LowerInvalidatePage(in Instruction i, ref Lowering l) =>
        l.UseLast(l.UseMemory(i) == AddressKind.Segmented ? &InvalidatePage<Segmented> : &InvalidatePage<Flat64>);

    /// <summary>A non-canonical address is ignored (SDM volume 2, INVLPG).</summary>
    private static Op* InvalidatePage<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (s->Cpl != 0)
            return c.GeneralProtection(op);
        ulong offset = *(ulong*)((byte*)s + op->Base) + (*(ulong*)((byte*)s + op->Index) << op->Scale) + (ulong)op->Displacement;
        ulong linear = c.Is64Bit
            ? offset + *(ulong*)((byte*)s + op->SegmentBase)
            : (uint)(s->Arch.Segments[op->Segment].Base + ((uint)offset & op->AddressMask));
        if (c.IsIntercepted(X86Intercept.Invlpg))
        {
            var info = new X86InterceptInfo { Intercept = X86Intercept.Invlpg, Stage = X86InterceptStage.AfterChecks, LinearAddress = linear };
            if (c.Intercepted(op, ref info, out Op* next))
                return next;
        }

        c.FlushPage(linear);
        Interlocked.MemoryBarrier();
        return c.LeaveAfter(op);
    }

    private static bool LowerFlushLine(in Instruction i, ref Lowering l) =>
        l.Use(l.UseMemory(i) == AddressKind.Segmented ? &FlushLine<Segmented> : &FlushLine<Flat64>);

    /// <summary>CLFLUSH, CLFLUSHOPT, CLWB: caches are not modelled; the access is checked as a load (SDM volume 2, CLFLUSH).</summary>
    private static Op* FlushLine<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing => Mem.Load<byte, TAddressing>(s, op, c, out _) ? op + 1 : c.Abort(op);

    private static int IoPrivilege(CoreState* s) => (int)(s->Arch.Rflags >> 12) & 3;

    /// <summary>Whether CLI and STI act on VIF instead of IF (SDM volume 2, CLI, table 3-6).</summary>
    private static bool UsesVirtualFlag(CoreState* s, X86Core c)
    {
        if (c.IsVirtual8086)
            return IoPrivilege(s) < 3 && (s->Arch.Cr4 & ControlBits.Cr4Virtual8086) != 0;
        return s->Cpl == 3 && IoPrivilege(s) < 3 && (s->Arch.Cr4 & ControlBits.Cr4ProtectedVirtualInterrupts) != 0;
    }

    private static bool MayChangeInterrupt(CoreState* s, X86Core c) => !c.IsProtected || s->Cpl <= IoPrivilege(s);

    private static Op* ClearInterrupt(CoreState* s, Op* op, X86Core c)
    {
        if (c.IsProtected && !MayChangeInterrupt(s, c))
        {
            if (!UsesVirtualFlag(s, c))
                return c.GeneralProtection(op);
            s->Arch.Rflags &= ~Flags.VirtualInterrupt;
            return op + 1;
        }

        if (c.Intercepted(op, X86Intercept.Cli, out Op* next))
            return next;
        s->Arch.Rflags &= ~Flags.Interrupt;
        return op + 1;
    }

    private static Op* SetInterrupt(CoreState* s, Op* op, X86Core c)
    {
        if (c.IsProtected && !MayChangeInterrupt(s, c))
        {
            if (!UsesVirtualFlag(s, c) || (s->Arch.Rflags & Flags.VirtualInterruptPending) != 0)
                return c.GeneralProtection(op);
            s->Arch.Rflags |= Flags.VirtualInterrupt;
            return c.LeaveAfter(op);
        }

        if (c.Intercepted(op, X86Intercept.Sti, out Op* next))
            return next;
        if ((s->Arch.Rflags & Flags.Interrupt) != 0)
            return c.LeaveAfter(op);
        s->Arch.Rflags |= Flags.Interrupt;
        s->Arch.StiShadow = true;
        c.OpensShadow = true;
        c.UpdateMode();
        return c.LeaveAfter(op);
    }

    private static Op* ClearAc(CoreState* s, Op* op, X86Core c) => ChangeAc(s, op, c, false);

    private static Op* SetAc(CoreState* s, Op* op, X86Core c) => ChangeAc(s, op, c, true);

    private static Op* ChangeAc(CoreState* s, Op* op, X86Core c, bool value)
    {
        if (s->Cpl != 0)
            return c.Undefined(op);
        s->Arch.Rflags = value ? s->Arch.Rflags | Flags.AlignmentCheck : s->Arch.Rflags & ~Flags.AlignmentCheck;
        c.UpdateMode();
        return op + 1;
    }
}
