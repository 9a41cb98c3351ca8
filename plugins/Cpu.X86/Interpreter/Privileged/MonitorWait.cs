using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Privileged;

/// <summary>
/// MONITOR and MWAIT (SDM volume 2). A wait ends with a write to the monitored line by another vCPU or a device, or with an event; it may end for any other reason. Hints for deeper states in EAX are taken for C1.
/// </summary>
internal static unsafe class MonitorWait
{
    /// <summary>ECX[0] of MWAIT: interrupts end the wait even when they are masked; enumerated by CPUID.05H:ECX[1].</summary>
    private const uint InterruptBreak = 1;

    public static void Register(LoweringTable table)
    {
        table.Add(&LowerMonitor, Mnemonic.Monitor);
        table.Add(&LowerWait, Mnemonic.Mwait);
    }

    private static bool LowerMonitor(in Instruction i, ref Lowering l)
    {
        l.Op->Base = Offsets.Of(Iced.Intel.Register.RAX);
        int addressSize = i.Code switch
        {
            Code.Monitorw => 2,
            Code.Monitord => 4,
            _ => 8,
        };
        Register segment = i.HasSegmentPrefix ? i.SegmentPrefix : Iced.Intel.Register.DS;
        return l.Use(l.SetSegment(Offsets.SegmentNumber(segment), addressSize) == AddressKind.Segmented ? &Monitor<Segmented> : &Monitor<Flat64>);
    }

    /// <summary>IA32_MISC_ENABLE[18] takes the instructions away; AMD's processors have no such register.</summary>
    private static bool IsDisabled(CoreState* s, X86Core c) => !c.Model.IsAmd && (s->Arch.MiscEnable & X86Reset.MonitorEnable) == 0;

    private static bool LowerWait(in Instruction i, ref Lowering l) => l.UseLast(&Wait);

    /// <summary>MONITOR has no extensions, so ECX must be 0. The access is checked as a load of a byte.</summary>
    private static Op* Monitor<TAddressing>(CoreState* s, Op* op, X86Core c)
        where TAddressing : IAddressing
    {
        if (s->Cpl != 0 || IsDisabled(s, c))
            return c.Undefined(op);
        if (c.Intercepted(op, X86Intercept.Monitor, out Op* next))
            return next;
        if ((uint)Registers.Get(s, X86Register.Rcx) != 0)
            return c.GeneralProtection(op);
        if (!TAddressing.Resolve(s, op, c, 1, false, out ulong linear) || !Mem.LoadAt(s, c, op->Segment, linear, out byte _))
            return c.Abort(op);
        c.ArmMonitor(linear);
        return op + 1;
    }

    private static Op* Wait(CoreState* s, Op* op, X86Core c)
    {
        if (s->Cpl != 0 || IsDisabled(s, c))
            return c.Undefined(op);
        if (c.Intercepted(op, X86Intercept.Mwait, out Op* next))
            return next;
        uint extensions = (uint)Registers.Get(s, X86Register.Rcx);
        if ((extensions & ~InterruptBreak) != 0)
            return c.GeneralProtection(op);
        if (c.BeginWait((extensions & InterruptBreak) != 0))
        {
            s->Arch.Activity = X86Activity.Halted;
            Volatile.Write(ref s->Attention, 1);
        }

        return c.LeaveAfter(op);
    }
}
