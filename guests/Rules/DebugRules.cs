using Iced.Intel;
using static Dominion.Guests.Rules.RuleField;
using static Dominion.Guests.Rules.RuleLayout;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Guests.Rules;

/// <summary>Breakpoints, single-stepping, general detection, shadows (SDM volume 3B, chapter 18).</summary>
internal sealed class DebugRules : RuleGuest
{
    private const string Breakpoints = "SDM 3B 18.2";
    private const string Instruction = "SDM 3B 18.3.1.1";
    private const string Data = "SDM 3B 18.3.1.2";
    private const string Step = "SDM 3B 18.3.1.4";
    private const uint Quiet = 0xFFFF_0FF0;
    private const uint SingleStep = 0x4000;
    private const int Trap = 0x100;

    /// <inheritdoc/>
    public override string Name => "rules-debug";

    /// <inheritdoc/>
    protected override void WriteCases(RuleKernel k)
    {
        WriteInstructionBreakpoints(k);
        WriteDataBreakpoints(k);
        WriteSteps(k);
        WriteRegisters(k);
    }

    /// <summary>Sets DR0 to a value and DR7; uses EAX.</summary>
    private static void Watch(RuleCode r, uint address, uint control)
    {
        r.C.mov(eax, address);
        r.C.mov(dr0, eax);
        Arm(r, control);
    }

    private static void Arm(RuleCode r, uint control)
    {
        r.C.mov(eax, control);
        r.C.mov(dr7, eax);
    }

    /// <summary>Sets DR0 to the marked instruction.</summary>
    private static void WatchMark(RuleCode r, uint control = 0x401)
    {
        r.C.mov(eax, __dword_ptr[r.K.Image.PointerTo(() => r.Mark)]);
        r.C.mov(dr0, eax);
        Arm(r, control);
    }

    private static void PushFlags(RuleCode r, int flags)
    {
        r.C.push(flags);
        r.C.popfd();
    }

    private static void WriteInstructionBreakpoints(RuleKernel k)
    {
        k.Case("an instruction breakpoint is a fault that pushes RF as it is", Instruction, r =>
        {
            PushFlags(r, 2);
            WatchMark(r);
            r.C.nop();
            r.Here();
            r.C.nop();
        }, (Vector, 1), (Dr6, Quiet | 1), (Eflags, 0x0_0002));
        k.Case("globally enabled", Breakpoints, r =>
        {
            WatchMark(r, 0x402);
            r.C.nop();
            r.Here();
            r.C.nop();
        }, (Vector, 1), (Dr6, Quiet | 1));
        k.Case("not enabled", Breakpoints, r =>
        {
            Label here = r.C.CreateLabel();
            r.C.mov(eax, __dword_ptr[k.Image.PointerTo(() => here)]);
            r.C.mov(dr0, eax);
            r.C.nop();
            r.C.Label(ref here);
            r.C.nop();
        });
        k.Case("RF, as IRET loads it, holds an instruction breakpoint once", Instruction, r =>
        {
            Label target = r.C.CreateLabel();
            Label again = r.C.CreateLabel();
            r.C.xor(ebx, ebx);
            r.C.mov(eax, __dword_ptr[k.Image.PointerTo(() => r.Mark)]);
            r.C.mov(dr0, eax);
            Arm(r, 0x401);
            r.C.push(0x1_0002);
            r.C.push(Code0);
            r.C.push(__dword_ptr[k.Image.PointerTo(() => r.Mark)]);
            r.C.jmp(target);
            r.Here();
            r.C.inc(ebx);
            r.Set(Result, ebx);
            r.C.jmp(r.Mark);
            r.C.Label(ref again);
            r.C.nop();
            r.C.Label(ref target);
            r.C.iretd();
        }, (Vector, 1), (Result, 1));
        k.Case("a breakpoint behind MOV to SS is lost", "SDM 3A 6.8.3", r =>
        {
            Label here = r.C.CreateLabel();
            r.C.mov(eax, __dword_ptr[k.Image.PointerTo(() => here)]);
            r.C.mov(dr0, eax);
            Arm(r, 0x401);
            r.C.mov(eax, Data0);
            r.C.mov(ss, ax);
            r.C.Label(ref here);
            r.C.nop();
        });
    }

    private static void WriteDataBreakpoints(RuleKernel k)
    {
        DataCase(k, "a write to a watched byte", 0x0001_0401, 0, c => c.mov(__byte_ptr[k.Scratch], 1), true);
        DataCase(k, "a read of a byte that is watched for writes", 0x0001_0401, 0, c => c.mov(cl, __byte_ptr[k.Scratch]), false);
        DataCase(k, "a read of a byte that is watched for both", 0x0003_0401, 0, c => c.mov(cl, __byte_ptr[k.Scratch]), true);
        DataCase(k, "a write beside a watched byte", 0x0001_0401, 0, c => c.mov(__byte_ptr[k.Scratch + 1], 1), false);
        DataCase(k, "a doubleword that covers a watched byte", 0x0001_0401, 3, c => c.mov(__dword_ptr[k.Scratch], 1), true);
        DataCase(k, "a byte of a watched word", 0x0005_0401, 0, c => c.mov(__byte_ptr[k.Scratch + 1], 1), true);
        DataCase(k, "the low bit of a watched word's address counts for nothing", 0x0005_0401, 1, c => c.mov(__byte_ptr[k.Scratch], 1), true);
        DataCase(k, "the last byte of a watched doubleword", 0x000D_0401, 0, c => c.mov(__byte_ptr[k.Scratch + 3], 1), true);
        DataCase(k, "behind a watched doubleword", 0x000D_0401, 0, c => c.mov(__byte_ptr[k.Scratch + 4], 1), false);
        DataCase(k, "an instruction fetch is no read", 0x0003_0401, 0x100, c => c.nop(), false);
        k.Case("a push to a watched stack", Data, r =>
        {
            Watch(r, k.Scratch + 0x7FC, 0x000D_0401);
            r.C.mov(esp, k.Scratch + 0x800);
            r.C.push(eax);
            r.Here();
            r.C.nop();
        }, (Vector, 1), (Dr6, Quiet | 1));
        k.Case("a watched write behind MOV to SS waits for one instruction", "SDM 3A 6.8.3", r =>
        {
            r.Store(k.Scratch, Data0);
            Watch(r, k.Scratch, 0x0003_0401);
            r.C.mov(ss, __word_ptr[k.Scratch]);
            r.C.nop();
            r.Here();
            r.C.nop();
        }, (Vector, 1), (Dr6, Quiet | 1));
        k.Case("a repeated string instruction stops behind the watched element", Data, r =>
        {
            Watch(r, k.Scratch + 2, 0x0001_0401);
            r.C.mov(edi, k.Scratch);
            r.C.mov(ecx, 10);
            r.Here();
            r.C.rep.stosb();
            r.C.nop();
        }, (Vector, 1), (Dr6, Quiet | 1));
        k.Case("an I/O breakpoint", "SDM 3B 18.3.1.3", r =>
        {
            r.C.mov(eax, 8);
            r.C.mov(cr4, eax);
            Watch(r, 0x80, 0x0002_0401);
            r.C.@out(0x80, al);
            r.Here();
            r.C.nop();
        }, (Vector, 1), (Dr6, Quiet | 1));
        k.Case("several hits", Breakpoints, r =>
        {
            r.C.mov(eax, k.Scratch);
            r.C.mov(dr1, eax);
            r.C.mov(dr3, eax);
            Arm(r, 0x1010_0400 | 0x88);
            r.C.mov(__byte_ptr[k.Scratch], 1);
            r.Here();
            r.C.nop();
        }, (Vector, 1), (Dr6, Quiet | 0xA));
    }

    private static void DataCase(RuleKernel k, string name, uint control, uint offset, Action<Assembler> access, bool hits) =>
        k.Case(name, Data, r =>
        {
            Watch(r, k.Scratch + offset, control);
            access(r.C);
            if (hits)
                r.Here();
            r.C.nop();
        }, hits ? [(Vector, 1), (Dr6, Quiet | 1)] : []);

    private static void WriteSteps(RuleKernel k)
    {
        k.Case("TF: a trap behind the instruction that follows POPF", Step, r =>
        {
            PushFlags(r, 2 | Trap);
            r.C.nop();
            r.Here();
            r.C.nop();
        }, (Vector, 1), (Dr6, Quiet | SingleStep), (Eflags, 2 | Trap), (HandlerEflags, 2));
        k.Case("TF and MOV to SS: the instruction behind runs too", "SDM 3A 6.8.3", r =>
        {
            r.C.mov(ecx, Data0);
            PushFlags(r, 2 | Trap);
            r.C.mov(ss, cx);
            r.C.nop();
            r.Here();
            r.C.nop();
        }, (Vector, 1), (Dr6, Quiet | SingleStep));
        k.Case("TF and INT n: the handler runs untrapped", Step, r =>
        {
            PushFlags(r, 2 | Trap);
            r.End();
        }, (Vector, 0x80), (Eflags, 2 | Trap));
        k.Case("TF and a repeated string instruction: a trap for each element", Step, r =>
        {
            r.C.mov(edi, k.Scratch);
            r.C.mov(ecx, 3);
            PushFlags(r, 2 | Trap);
            r.Here();
            r.C.rep.stosb();
            r.C.nop();
        }, (Vector, 1), (Dr6, Quiet | SingleStep));
        k.Case("TF and a fault: the fault alone", "SDM 3A 6.9", r =>
        {
            PushFlags(r, 2 | Trap);
            r.Here();
            r.C.ud2();
        }, (Vector, 6), (Dr6, Quiet));
        k.Case("the debug handler finds older bits of DR6 left", Breakpoints, r =>
        {
            r.C.mov(eax, 0xFFFF_0FF8);
            r.C.mov(dr6, eax);
            PushFlags(r, 2 | Trap);
            r.C.nop();
            r.Here();
            r.C.nop();
        }, (Vector, 1));
        k.Case("INT1 leaves DR6 alone", "SDM 3B 18.3.1", r =>
        {
            r.C.db(0xF1);
            r.Here();
            r.C.nop();
        }, (Vector, 1), (Dr6, Quiet));
        k.Case("TF and a watched write: one exception", "SDM 3B 18.3.1", r =>
        {
            Watch(r, k.Scratch, 0x0001_0401);
            PushFlags(r, 2 | Trap);
            r.C.mov(__byte_ptr[k.Scratch], 1);
            r.Here();
            r.C.nop();
        }, (Vector, 1), (Dr6, Quiet | SingleStep | 1));
        k.Case("BTF: with DEBUGCTL.BTF only a taken branch traps", "SDM 3B 18.4.1", r =>
        {
            r.C.mov(ecx, 0x1D9);
            r.C.xor(edx, edx);
            r.C.mov(eax, 2);
            r.C.wrmsr();
            PushFlags(r, 2 | Trap);
            r.C.nop();
            r.C.nop();
            r.C.jmp(r.Mark);
            r.C.nop();
            r.Here();
            r.C.nop();
        }, (Vector, 1), (Dr6, Quiet | SingleStep));
        k.Case("#DB clears DEBUGCTL.BTF", "SDM 3B 18.4.1", r =>
        {
            r.C.mov(ecx, 0x1D9);
            r.C.rdmsr();
            r.C.and(eax, 2);
            r.Set(Result, eax);
        }, (Result, 0));
    }

    private static void WriteRegisters(RuleKernel k)
    {
        k.Case("DR7.GD: a fault at the access, and GD is clear in the handler", "SDM 3B 18.3.1.3", r =>
        {
            Arm(r, 0x2400);
            r.Here();
            r.C.mov(eax, dr0);
        }, (Vector, 1), (Dr6, Quiet | 0x2000));
        k.Case("reserved bits of DR6 and DR7", Breakpoints, r =>
        {
            r.C.mov(eax, 0xFFFF_FFFF);
            r.C.mov(dr6, eax);
            r.C.mov(ebx, dr6);
            r.C.and(ebx, 0xFFFE_FFFF);
            r.Set(Result, ebx);
            r.C.xor(eax, eax);
            r.C.mov(dr6, eax);
            r.C.mov(ebx, dr6);
            r.Set(Second, ebx);
            Arm(r, 0);
            r.C.mov(ebx, dr7);
            r.Set(Third, ebx);
        }, (Result, 0xFFFE_EFFF), (Second, 0xFFFE_0FF0 | 0x1_0000), (Third, 0x400));
        k.Case("DR4 is DR6 without CR4.DE", "SDM 3B 18.2.2", r =>
        {
            r.C.db(0x0F, 0x21, 0xE3);
            r.Set(Result, ebx);
        }, (Result, Quiet));
        k.Fault("DR4 with CR4.DE", "SDM 3B 18.2.2", 6, 0, r =>
        {
            r.C.mov(eax, 8);
            r.C.mov(cr4, eax);
            r.Here();
            r.C.db(0x0F, 0x21, 0xE3);
        });
    }
}
