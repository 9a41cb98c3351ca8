using Iced.Intel;
using static Dominion.Guests.Rules.RuleField;
using static Dominion.Guests.Rules.RuleLayout;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Guests.Rules;

/// <summary>Task switches by JMP, CALL, IRET and interrupts, with 32-bit and 16-bit TSSs (SDM volume 3A, chapter 8).</summary>
internal sealed class TaskRules : RuleGuest
{
    private const string Switch = "SDM 3A 8.3";
    private const string Linking = "SDM 3A 8.4";
    private const int Available = 0x89;
    private const int Busy = 0x8B;
    private const int NestedTask = 0x4000;

    /// <inheritdoc/>
    public override string Name => "rules-tasks";

    /// <inheritdoc/>
    protected override void WriteCases(RuleKernel k)
    {
        WriteSwitches(k);
        WriteNesting(k);
        WriteRefusals(k);
        WriteFaultsInTheNewTask(k);
        WriteSmallTasks(k);
    }

    /// <summary>Fills a 32-bit TSS: flat segments, a stack, and EIP at a label; uses EAX.</summary>
    internal static void Prepare(RuleCode r, uint tss, Func<Label> entry, uint eflags = 2, ushort ldt = 0, ushort cs = Code0, ushort ss = Data0, ushort ds = Data0)
    {
        r.C.mov(eax, __dword_ptr.cs[r.K.Image.PointerTo(entry)]);
        r.C.mov(__dword_ptr[tss + 0x20], eax);
        r.Store(tss + 0x24, eflags);
        r.Store(tss + 0x28, 0xAAAA_0001);
        r.Store(tss + 0x38, r.K.TaskStack);
        ushort other = cs == Code3 ? Data3 : Data0;
        r.Store(tss + 0x48, other);
        r.Store(tss + 0x4C, cs);
        r.Store(tss + 0x50, ss);
        r.Store(tss + 0x54, ds);
        r.Store(tss + 0x58, other);
        r.Store(tss + 0x5C, other);
        r.Store(tss + 0x60, ldt);
    }

    /// <summary>The access byte of a descriptor into a register.</summary>
    private static void Access(RuleCode r, ushort selector, RuleField field)
    {
        r.C.movzx(ecx, __byte_ptr[r.K.Gdt + selector + 5]);
        r.Set(field, ecx);
    }

    private static void WriteSwitches(RuleKernel k)
    {
        k.Case("JMP to a TSS: registers, busy bits", Switch, r =>
        {
            Label task = r.C.CreateLabel();
            Prepare(r, k.SecondTss, () => task);
            r.C.mov(ebx, 0x1234);
            r.FarJump(SecondTask);
            r.C.nop();
            r.C.Label(ref task);
            r.Set(Result, eax);
            Access(r, MainTask, Second);
            Access(r, SecondTask, Third);
            r.C.mov(eax, __dword_ptr[k.Tss + 0x34]);
            r.Set(Fourth, eax);
        }, (Result, 0xAAAA_0001), (Second, Available), (Third, Busy), (Fourth, 0x1234));
        k.Case("a switch sets CR0.TS", "SDM 3A 8.3", r =>
        {
            Label task = r.C.CreateLabel();
            Prepare(r, k.SecondTss, () => task);
            r.FarJump(SecondTask);
            r.C.Label(ref task);
            r.C.mov(eax, cr0);
            r.C.and(eax, 8);
            r.Set(Result, eax);
            r.C.str(eax);
            r.Set(Second, eax);
        }, (Result, 8), (Second, SecondTask));
        k.Case("EIP saved is that of the next instruction", Switch, r =>
        {
            Label task = r.C.CreateLabel();
            Label next = r.C.CreateLabel();
            Prepare(r, k.SecondTss, () => task);
            r.FarJump(SecondTask);
            r.C.Label(ref next);
            r.C.nop();
            r.C.Label(ref task);
            r.C.mov(eax, __dword_ptr.cs[k.Image.PointerTo(() => next)]);
            r.C.sub(eax, __dword_ptr[k.Tss + 0x20]);
            r.Set(Result, eax);
        }, (Result, 0));
        k.Case("JMP through a task gate", Switch, r =>
        {
            Label task = r.C.CreateLabel();
            Prepare(r, k.SecondTss, () => task);
            r.Descriptor(A, Gate(SecondTask, 0, 0x85));
            r.FarJump(A);
            r.C.Label(ref task);
            r.C.str(eax);
            r.Set(Result, eax);
        }, (Result, SecondTask));
        k.Case("LDTR and CR3 come from the new TSS", Switch, r =>
        {
            Label task = r.C.CreateLabel();
            Prepare(r, k.SecondTss, () => task, ldt: Ldt, ds: 0x0C);
            r.LocalDescriptor(8, Segment(0x93, 12, k.Scratch));
            r.Store(k.Scratch, 0x5555);
            r.FarJump(SecondTask);
            r.C.Label(ref task);
            r.C.mov(ebx, __dword_ptr[0]);
            r.C.mov(eax, Data0);
            r.C.mov(ds, ax);
            r.Set(Result, ebx);
            r.C.sldt(eax);
            r.C.movzx(eax, ax);
            r.Set(Second, eax);
        }, (Result, 0x5555), (Second, Ldt));
        k.Case("the T flag of the new TSS", "SDM 3B 18.3.1.5", r =>
        {
            Label task = r.C.CreateLabel();
            Prepare(r, k.SecondTss, () => task);
            r.Store(k.SecondTss + 0x64, 1);
            r.FarJump(SecondTask);
            r.C.Label(ref task);
            r.C.nop();
        }, (Vector, 1), (Dr6, 0xFFFF_8FF0), (Tr, SecondTask));
        k.Case("the T flag: EIP is the new task's first instruction", "SDM 3B 18.3.1.5", r =>
        {
            Prepare(r, k.SecondTss, () => r.Mark);
            r.Store(k.SecondTss + 0x64, 1);
            r.FarJump(SecondTask);
            r.Here();
            r.C.nop();
        }, (Vector, 1));
        k.Case("a switch clears local breakpoints", "SDM 3B 18.2.4", r =>
        {
            Label task = r.C.CreateLabel();
            Prepare(r, k.SecondTss, () => task);
            r.C.mov(eax, 0x403);
            r.C.mov(dr7, eax);
            r.FarJump(SecondTask);
            r.C.Label(ref task);
            r.C.mov(eax, dr7);
            r.Set(Result, eax);
        }, (Result, 0x402));
        k.Case("a switch to CPL 3", Switch, r =>
        {
            Label task = r.C.CreateLabel();
            Prepare(r, k.SecondTss, () => task, cs: Code3, ss: Data3, ds: Data3);
            r.Store(k.SecondTss + 4, k.KernelStack);
            r.Store(k.SecondTss + 8, Data0);
            r.FarJump(SecondTask);
            r.C.Label(ref task);
            r.End();
        }, (Vector, 0x80), (Cs, Code3), (Tr, SecondTask));
    }

    private static void WriteNesting(RuleKernel k)
    {
        k.Case("CALL: link, NT, both busy", Linking, r =>
        {
            Label task = r.C.CreateLabel();
            Prepare(r, k.SecondTss, () => task);
            r.FarCall(SecondTask);
            r.C.Label(ref task);
            r.C.pushfd();
            r.C.pop(eax);
            r.C.and(eax, NestedTask);
            r.Set(Result, eax);
            r.C.movzx(eax, __word_ptr[k.SecondTss]);
            r.Set(Second, eax);
            Access(r, MainTask, Third);
            Access(r, SecondTask, Fourth);
        }, (Result, NestedTask), (Second, MainTask), (Third, Busy), (Fourth, Busy));
        k.Case("IRET with NT goes back", Linking, r =>
        {
            Label task = r.C.CreateLabel();
            Prepare(r, k.SecondTss, () => task);
            r.C.mov(ebx, 1);
            r.FarCall(SecondTask);
            r.Set(Result, ebx);
            Access(r, MainTask, Second);
            Access(r, SecondTask, Third);
            r.C.mov(eax, __dword_ptr[k.SecondTss + 0x24]);
            r.C.and(eax, NestedTask);
            r.Set(Fourth, eax);
            r.C.jmp(__dword_ptr[k.Resume]);
            r.C.Label(ref task);
            r.C.mov(ebx, 2);
            r.C.iretd();
        }, (Result, 1), (Second, Busy), (Third, Available), (Fourth, 0));
        k.Case("an interrupt through a task gate", "SDM 3A 6.12.2", r =>
        {
            Label task = r.C.CreateLabel();
            Prepare(r, k.SecondTss, () => task);
            r.InterruptGate(0x30, Gate(SecondTask, 0, 0x85));
            r.C.@int(0x30);
            r.C.str(eax);
            r.Set(Second, eax);
            r.C.jmp(__dword_ptr[k.Resume]);
            r.C.Label(ref task);
            r.C.mov(eax, k.TaskStack);
            r.C.sub(eax, esp);
            r.Set(Result, eax);
            r.C.iretd();
        }, (Result, 0), (Second, MainTask));
        k.Case("an exception through a task gate pushes its error code", "SDM 3A 6.13", r =>
        {
            Label task = r.C.CreateLabel();
            Prepare(r, k.SecondTss, () => task);
            r.InterruptGate(13, Gate(SecondTask, 0, 0x85));
            r.C.mov(eax, Beyond);
            r.C.mov(ds, ax);
            r.C.Label(ref task);
            r.C.mov(eax, __dword_ptr[esp]);
            r.Set(Result, eax);
            r.C.mov(eax, k.TaskStack);
            r.C.sub(eax, esp);
            r.Set(Second, eax);
        }, (Result, Beyond), (Second, 4));
        k.Case("a fault through a task gate saves the faulting EIP", "SDM 3A 6.12.2", r =>
        {
            Label task = r.C.CreateLabel();
            Label fault = r.C.CreateLabel();
            Prepare(r, k.SecondTss, () => task);
            r.InterruptGate(6, Gate(SecondTask, 0, 0x85));
            r.C.Label(ref fault);
            r.C.ud2();
            r.C.Label(ref task);
            r.C.mov(eax, __dword_ptr.cs[k.Image.PointerTo(() => fault)]);
            r.C.sub(eax, __dword_ptr[k.Tss + 0x20]);
            r.Set(Result, eax);
            r.C.mov(eax, __dword_ptr[k.Tss + 0x24]);
            r.C.and(eax, 0x1_0000);
            r.Set(Second, eax);
        }, (Result, 0), (Second, 0x1_0000));
    }

    private static void WriteRefusals(RuleKernel k)
    {
        k.Fault("JMP to a busy TSS", Switch, 13, MainTask, r =>
        {
            r.Here();
            r.FarJump(MainTask);
        }, (Tr, MainTask));
        k.Fault("CALL to a TSS not present", Switch, 11, SecondTask, r =>
        {
            r.Descriptor(SecondTask, Segment(0x09, 0, k.SecondTss, 0x67));
            r.Here();
            r.FarCall(SecondTask);
        });
        k.Fault("a TSS that is too small", Switch, 10, SecondTask, r =>
        {
            r.Descriptor(SecondTask, Segment(0x89, 0, k.SecondTss, 0x66));
            r.Here();
            r.FarJump(SecondTask);
        }, (Tr, MainTask));
        k.Fault("a TSS with DPL below CPL", Switch, 13, SecondTask, r =>
        {
            r.ToUser();
            r.Here();
            r.FarJump(SecondTask | 3);
        });
        k.Fault("a task gate with DPL below CPL", Switch, 13, A, r =>
        {
            r.Descriptor(A, Gate(SecondTask, 0, 0x85));
            r.ToUser();
            r.Here();
            r.FarJump(A | 3);
        });
        k.Fault("a task gate not present", Switch, 11, A, r =>
        {
            r.Descriptor(A, Gate(SecondTask, 0, 0x05));
            r.Here();
            r.FarJump(A);
        });
        k.Fault("a task gate to something else", Switch, 13, Data0, r =>
        {
            r.Descriptor(A, Gate(Data0, 0, 0x85));
            r.Here();
            r.FarJump(A);
        });
        k.Fault("a task gate to a busy TSS", Switch, 13, MainTask, r =>
        {
            r.Descriptor(A, Gate(MainTask, 0, 0x85));
            r.Here();
            r.FarJump(A);
        });
        k.Fault("INT through a task gate to a TSS not present", "SDM 2A INT", 11, SecondTask, r =>
        {
            r.Descriptor(SecondTask, Segment(0x09, 0, k.SecondTss, 0x67));
            r.InterruptGate(0x30, Gate(SecondTask, 0, 0x85));
            r.Here();
            r.C.@int(0x30);
        });
        k.Fault("IRET with NT and a link to a TSS that is not busy", Linking, 10, SecondTask, r =>
        {
            r.Store(k.Tss, SecondTask);
            r.C.pushfd();
            r.C.or(__dword_ptr[esp], NestedTask);
            r.C.popfd();
            r.Here();
            r.C.iretd();
        });
        k.Fault("IRET with NT and a link to null", Linking, 10, 0, r =>
        {
            r.Store(k.Tss, 0);
            r.C.pushfd();
            r.C.or(__dword_ptr[esp], NestedTask);
            r.C.popfd();
            r.Here();
            r.C.iretd();
        });
    }

    private static void WriteFaultsInTheNewTask(RuleKernel k)
    {
        NewTaskFault(k, "a new LDT that is none", 10, Data0, ldt: Data0);
        NewTaskFault(k, "a new CS that is null", 10, 0, cs: 0);
        NewTaskFault(k, "a new CS that is data", 10, Data0, cs: Data0);
        NewTaskFault(k, "a new CS with another DPL", 10, Code3 & 0xFFF8, cs: Code3 & 0xFFF8);
        NewTaskFault(k, "a new CS not present", 11, A, cs: A);
        NewTaskFault(k, "a new SS that is null", 10, 0, ss: 0);
        NewTaskFault(k, "a new SS with another DPL", 10, Data3 & 0xFFF8, ss: Data3);
        NewTaskFault(k, "a new SS not present", 12, B, ss: B);
        NewTaskFault(k, "a new DS that is a TSS", 10, MainTask, ds: MainTask);
        NewTaskFault(k, "a new DS not present", 11, B, ds: B);
    }

    /// <summary>The new task has taken over when its segments are checked: the handler, a task of its own, finds its TSS linked to the new one, whose EIP it has.</summary>
    private static void NewTaskFault(RuleKernel k, string name, int vector, ushort error, ushort ldt = 0, ushort cs = Code0, ushort ss = Data0, ushort ds = Data0) =>
        k.Case(name, "SDM 3A 8.3, table 8-1", r =>
        {
            Label task = r.C.CreateLabel();
            Label handler = r.C.CreateLabel();
            uint third = k.Scratch + 0x100;
            r.Descriptor(A, Segment(0x1B));
            r.Descriptor(B, Segment(0x13));
            r.Descriptor(RuleLayout.C, Segment(0x89, 0, third, 0x67));
            r.Descriptor(Ldt, Segment(0x82, 0, k.LdtTable, 0xFF));
            Prepare(r, k.SecondTss, () => task, ldt: ldt, cs: cs, ss: ss, ds: ds);
            Prepare(r, third, () => handler);
            r.Store(third + 0x38, k.KernelStack);
            r.InterruptGate(vector, Gate(RuleLayout.C, 0, 0x85));
            r.FarJump(SecondTask);
            r.C.Label(ref task);
            r.C.ud2();
            r.C.Label(ref handler);
            r.C.mov(eax, __dword_ptr[esp]);
            r.Set(Result, eax);
            r.C.movzx(eax, __word_ptr[third]);
            r.Set(Second, eax);
            r.C.mov(eax, __dword_ptr.cs[k.Image.PointerTo(() => task)]);
            r.C.sub(eax, __dword_ptr[k.SecondTss + 0x20]);
            r.Set(Third, eax);
            Access(r, MainTask, Fourth);
        }, (Result, error), (Second, SecondTask), (Third, 0), (Fourth, Available));

    private static void WriteSmallTasks(RuleKernel k)
    {
        k.Case("JMP to a 16-bit TSS", "SDM 3A 8.6", r =>
        {
            // IP has 16 bits: the task runs code that is copied below 64 KiB.
            uint code = k.Image.Code(16, c =>
            {
                c.mov(ebx, eax);
                c.str(ecx);
                c.mov(esi, k.Scratch);
                c.mov(edx, __dword_ptr[esi]);
                c.jmp(__fword_ptr[esi + 8]);
            });
            Label back = r.C.CreateLabel();
            r.Descriptor(A, Segment(0x9B, 0, code, 0xFFFF));
            r.C.mov(eax, __dword_ptr.cs[k.Image.PointerTo(() => back)]);
            r.C.mov(__dword_ptr[k.Scratch + 8], eax);
            r.Store(k.Scratch + 12, Code0);
            r.Store(k.Scratch, 0x77);
            Fill16(r, k, A);
            r.C.mov(eax, 0x1111_2222);
            r.FarJump(Task16);
            r.C.Label(ref back);
            r.C.movzx(ebx, bx);
            r.Set(Result, ebx);
            r.Set(Second, ecx);
            r.Set(Third, edx);
            Access(r, Task16, Fourth);
        }, (Result, 0x4321), (Second, Task16), (Third, 0x77), (Fourth, 0x83));
        k.Case("a switch from a 16-bit TSS saves 16 bits", "SDM 3A 8.6", r =>
        {
            Label task = r.C.CreateLabel();
            r.C.mov(eax, Task16);
            r.C.ltr(ax);
            r.Store(k.Tss16 + 0x12, 0x9999_9999);
            Prepare(r, k.SecondTss, () => task);
            r.C.mov(eax, 0x1234_5678);
            r.FarJump(SecondTask);
            r.C.Label(ref task);
            r.C.mov(eax, __dword_ptr[k.Tss16 + 0x12]);
            r.C.and(eax, 0xFFFF);
            r.Set(Result, eax);
            Access(r, Task16, Second);
        }, (Result, 0x5678), (Second, 0x81));
        k.Fault("a 16-bit TSS that is too small", "SDM 3A 8.6", 10, Task16, r =>
        {
            r.Descriptor(Task16, Segment(0x81, 0, k.Tss16, 0x2A));
            r.Here();
            r.FarJump(Task16);
        });
    }

    private static void Fill16(RuleCode r, RuleKernel k, ushort cs)
    {
        r.Store(k.Tss16 + 0x0E, 0x0002_0000);
        r.Store(k.Tss16 + 0x12, 0x4321);
        r.C.mov(__word_ptr[k.Tss16 + 0x1A], 0x8000);
        r.C.mov(__word_ptr[k.Tss16 + 0x22], Data0);
        r.C.mov(__word_ptr[k.Tss16 + 0x24], (short)cs);
        r.C.mov(__word_ptr[k.Tss16 + 0x26], Data0);
        r.C.mov(__word_ptr[k.Tss16 + 0x28], Data0);
        r.C.mov(__word_ptr[k.Tss16 + 0x2A], 0);
    }
}
