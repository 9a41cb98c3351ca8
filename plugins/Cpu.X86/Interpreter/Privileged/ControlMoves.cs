using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.State;
using Dominion.Cpu.X86.SystemRegisters;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Privileged;

/// <summary>MOV to and from control and debug registers, CLTS, LMSW, SMSW.</summary>
internal static unsafe class ControlMoves
{
    public static void Register(LoweringTable table)
    {
        table.Add(&LowerClear, Mnemonic.Clts);
        table.Add(&LowerStatusWord, Mnemonic.Lmsw, Mnemonic.Smsw);
    }

    /// <summary>Lowers a MOV with a control or debug register.</summary>
    public static bool Lower(in Instruction i, ref Lowering l)
    {
        bool write = !i.Op1Register.IsCR() && !i.Op1Register.IsDR();
        Register special = write ? i.Op0Register : i.Op1Register;
        Register general = write ? i.Op1Register : i.Op0Register;
        if (!special.IsCR() && !special.IsDR())
            return false;
        int number = special.GetNumber();
        l.Op->Reg = Offsets.Of(general);
        l.Op->Extra = (ushort)number;
        l.Op->Size = (byte)general.GetSize();
        if (special.IsCR())
        {
            if (number is not (0 or 2 or 3 or 4 or 8))
                return false;
            return write ? l.UseLast(&WriteControl) : l.Use(&ReadControl);
        }

        return number < 8 && (write ? l.UseLast(&WriteDebug) : l.Use(&ReadDebug));
    }

    private static ulong Get(CoreState* s, Op* op) => op->Size == 8 ? Registers.Get<ulong>(s, op->Reg) : Registers.Get<uint>(s, op->Reg);

    private static void Set(CoreState* s, Op* op, ulong value)
    {
        if (op->Size == 8)
            Registers.Set(s, op->Reg, value);
        else
            Registers.Set(s, op->Reg, (uint)value);
    }

    /// <summary>CR0 as instructions read it: with the shadow in the bits that a monitor owns.</summary>
    private static ulong VisibleCr0(CoreState* s, X86Core c) =>
        (s->Arch.Cr0 & ~c.Controls.Cr0Mask) | (c.Controls.Cr0Shadow & c.Controls.Cr0Mask);

    private static X86InterceptInfo Describe(Op* op, X86Intercept intercept, ulong value) => new()
    {
        Intercept = intercept,
        Stage = X86InterceptStage.AfterChecks,
        Register = (X86Register)(op->Reg / 8),
        Operand = op->Extra,
        Width = op->Size,
        Value = value,
    };

    private static Op* ReadControl(CoreState* s, Op* op, X86Core c)
    {
        if (s->Cpl != 0)
            return c.GeneralProtection(op);
        ulong value = op->Extra switch
        {
            0 => VisibleCr0(s, c),
            2 => s->Arch.Cr2,
            3 => s->Arch.Cr3,
            4 => (s->Arch.Cr4 & ~c.Controls.Cr4Mask) | (c.Controls.Cr4Shadow & c.Controls.Cr4Mask),
            _ => c.LocalApic?.TaskPriority ?? 0,
        };
        if (((c.Controls.ControlRegisterReads >> op->Extra) & 1) != 0)
        {
            X86InterceptInfo info = Describe(op, X86Intercept.ReadControlRegister, value);
            if (c.Intercepted(op, ref info, out Op* next))
                return next;
            value = info.Value;
        }

        Set(s, op, value);
        return op + 1;
    }

    private static Op* WriteControl(CoreState* s, Op* op, X86Core c)
    {
        if (s->Cpl != 0)
            return c.GeneralProtection(op);
        ulong value = Get(s, op);
        if (IsWriteIntercepted(c, op->Extra, value))
        {
            X86InterceptInfo info = Describe(op, X86Intercept.WriteControlRegister, value);
            info.IsWrite = true;
            if (c.Intercepted(op, ref info, out Op* next))
                return next;
            value = info.Value;
        }

        bool ok;
        switch (op->Extra)
        {
            case 0:
                ok = c.Controls86.WriteCr0(value);
                break;
            case 2:
                s->Arch.Cr2 = value;
                ok = true;
                break;
            case 3:
                ok = c.Controls86.WriteCr3(value);
                break;
            case 4:
                ok = c.Controls86.WriteCr4(value);
                break;
            default:
                ok = c.Controls86.WriteCr8(value);
                break;
        }

        Interlocked.MemoryBarrier();
        return ok ? c.LeaveAfter(op) : c.Abort(op);
    }

    private static bool IsWriteIntercepted(X86Core c, int number, ulong value)
    {
        ref X86GuestControls controls = ref c.Controls;
        return ((controls.ControlRegisterWrites >> number) & 1) != 0
            || (number == 0 && ((value ^ controls.Cr0Shadow) & controls.Cr0Mask) != 0)
            || (number == 4 && ((value ^ controls.Cr4Shadow) & controls.Cr4Mask) != 0);
    }

    /// <summary>DR4 and DR5 are DR6 and DR7 unless CR4.DE is set (SDM volume 3B, 18.2.2).</summary>
    private static bool ResolveDebug(CoreState* s, Op* op, out int number)
    {
        number = op->Extra;
        if (number is not (4 or 5))
            return true;
        number += 2;
        return (s->Arch.Cr4 & ControlBits.Cr4DebuggingExtensions) == 0;
    }

    private static Op* ReadDebug(CoreState* s, Op* op, X86Core c)
    {
        if (!ResolveDebug(s, op, out int number))
            return c.Undefined(op);
        if (s->Cpl != 0)
            return c.GeneralProtection(op);
        ulong value = number switch
        {
            6 => s->Arch.Dr6,
            7 => s->Arch.Dr7,
            _ => s->Arch.DebugAddresses[number],
        };
        if (c.IsIntercepted(X86Intercept.ReadDebugRegister))
        {
            X86InterceptInfo info = Describe(op, X86Intercept.ReadDebugRegister, value);
            if (c.Intercepted(op, ref info, out Op* next))
                return next;
            value = info.Value;
        }

        if ((s->Arch.Dr7 & DebugRegisters.GeneralDetect) != 0)
            return RaiseAccessDetected(op, c);
        Set(s, op, value);
        return op + 1;
    }

    private static Op* WriteDebug(CoreState* s, Op* op, X86Core c)
    {
        if (!ResolveDebug(s, op, out int number))
            return c.Undefined(op);
        if (s->Cpl != 0)
            return c.GeneralProtection(op);
        ulong value = Get(s, op);
        if (c.IsIntercepted(X86Intercept.WriteDebugRegister))
        {
            X86InterceptInfo info = Describe(op, X86Intercept.WriteDebugRegister, value);
            info.IsWrite = true;
            if (c.Intercepted(op, ref info, out Op* next))
                return next;
            value = info.Value;
        }

        if ((s->Arch.Dr7 & DebugRegisters.GeneralDetect) != 0)
            return RaiseAccessDetected(op, c);
        switch (number)
        {
            case 6 or 7 when value >> 32 != 0:
                return c.GeneralProtection(op);
            case 6:
                s->Arch.Dr6 = (value & 0xE00F) | DebugRegisters.Dr6Fixed;
                break;
            case 7:
                s->Arch.Dr7 = (value & 0xFFFF_23FF) | DebugRegisters.Dr7Fixed;
                break;
            default:
                s->Arch.DebugAddresses[number] = value;
                break;
        }

        c.UpdateMode();
        return c.LeaveAfter(op);
    }

    private static Op* RaiseAccessDetected(Op* op, X86Core c)
    {
        c.SetDebugFault(DebugRegisters.AccessDetected);
        return c.Abort(op);
    }

    private static bool LowerClear(in Instruction i, ref Lowering l) => l.UseLast(&ClearTaskSwitched);

    private static Op* ClearTaskSwitched(CoreState* s, Op* op, X86Core c)
    {
        if (s->Cpl != 0)
            return c.GeneralProtection(op);
        if (c.Intercepted(op, X86Intercept.Clts, out Op* next))
            return next;
        if ((c.Controls.Cr0Mask & ControlBits.Cr0TaskSwitched) == 0)
            s->Arch.Cr0 &= ~ControlBits.Cr0TaskSwitched;
        c.UpdateMode();
        return c.LeaveOrContinue(op);
    }

    private static bool LowerStatusWord(in Instruction i, ref Lowering l)
    {
        bool memory = Lowering.IsMemory(i, 0);
        AddressKind kind = memory ? l.UseMemory(i) : AddressKind.None;
        if (!memory)
            l.Op->Reg = Offsets.Of(i.Op0Register);
        l.Op->Size = (byte)(memory ? 2 : i.Op0Register.GetSize());
        if (i.Mnemonic == Mnemonic.Lmsw)
        {
            return l.UseLast(kind switch
            {
                AddressKind.None => &LoadStatusRegister,
                AddressKind.Segmented => &LoadStatusMemory<Memory.Segmented>,
                _ => &LoadStatusMemory<Memory.Flat64>,
            });
        }

        return l.Use(kind switch
        {
            AddressKind.None => &StoreStatusRegister,
            AddressKind.Segmented => &StoreStatusMemory<Memory.Segmented>,
            _ => &StoreStatusMemory<Memory.Flat64>,
        });
    }

    private static Op* LoadStatusRegister(CoreState* s, Op* op, X86Core c) =>
        s->Cpl != 0 ? c.GeneralProtection(op) : LoadStatus(s, op, c, Registers.Get<ushort>(s, op->Reg));

    private static Op* LoadStatusMemory<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : Memory.IAddressing
    {
        if (s->Cpl != 0)
            return c.GeneralProtection(op);
        return Memory.Mem.Load<ushort, TAddressing>(s, op, c, out ushort value) ? LoadStatus(s, op, c, value) : c.Abort(op);
    }

    /// <summary>LMSW can set PE but not clear it (SDM volume 2, LMSW).</summary>
    private static Op* LoadStatus(CoreState* s, Op* op, X86Core c, ushort value)
    {
        if (c.IsIntercepted(X86Intercept.Lmsw))
        {
            X86InterceptInfo info = new() { Intercept = X86Intercept.Lmsw, Stage = X86InterceptStage.AfterMemory, Value = value };
            if (c.Intercepted(op, ref info, out Op* next))
                return next;
        }

        ulong protection = s->Arch.Cr0 & ControlBits.Cr0ProtectionEnable;
        ulong cr0 = (s->Arch.Cr0 & ~15UL) | (value & 15u) | protection;
        return c.Controls86.WriteCr0(cr0) ? c.LeaveAfter(op) : c.Abort(op);
    }

    private static Op* StoreStatusRegister(CoreState* s, Op* op, X86Core c)
    {
        if (c.IsUserInformationPrevented)
            return c.GeneralProtection(op);
        if (c.Intercepted(op, X86Intercept.Smsw, out Op* next))
            return next;
        ulong cr0 = VisibleCr0(s, c);
        switch (op->Size)
        {
            case 2: Registers.Set(s, op->Reg, (ushort)cr0); break;
            case 4: Registers.Set(s, op->Reg, (uint)cr0); break;
            default: Registers.Set(s, op->Reg, cr0); break;
        }

        return op + 1;
    }

    private static Op* StoreStatusMemory<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : Memory.IAddressing
    {
        if (c.IsUserInformationPrevented)
            return c.GeneralProtection(op);
        if (c.Intercepted(op, X86Intercept.Smsw, out Op* next))
            return next;
        return Memory.Mem.Store<ushort, TAddressing>(s, op, c, (ushort)VisibleCr0(s, c)) ? op + 1 : c.Abort(op);
    }
}
