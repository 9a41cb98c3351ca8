using Iced.Intel;
using static Dominion.Guests.Rules.RuleField;
using static Dominion.Guests.Rules.RuleLayout;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Guests.Rules;

/// <summary>Exceptions and interrupts through the gates of protected mode (SDM volume 3A, chapter 6).</summary>
internal sealed class InterruptRules : RuleGuest
{
    private const string Gates = "SDM 3A 6.12.1";
    private const string Int = "SDM 2A INT n";
    private const string ErrorCode = "SDM 3A 6.13";
    private const uint Apic = 0xFEE0_0000;

    /// <inheritdoc/>
    public override string Name => "rules-interrupts";

    /// <inheritdoc/>
    protected override void WriteCases(RuleKernel k)
    {
        WriteExceptions(k);
        WriteGateChecks(k);
        WriteStacks(k);
        WriteFlags(k);
        WriteDoubleFaults(k);
        WriteExternal(k);
    }

    private static void WriteExceptions(RuleKernel k)
    {
        k.Fault("#DE", "SDM 3A 6.15", 0, 0, r =>
        {
            r.C.xor(ecx, ecx);
            r.Here();
            r.C.div(ecx);
        }, (Cs, Code0));
        k.Fault("INT3 is a trap", "SDM 3A 6.15", 3, 0, r =>
        {
            r.C.int3();
            r.Here();
            r.C.nop();
        });
        k.Fault("INTO is a trap", "SDM 3A 6.15", 4, 0, r =>
        {
            r.C.mov(al, 0x7F);
            r.C.inc(al);
            r.C.into();
            r.Here();
            r.C.nop();
        });
        k.Fault("BOUND is a fault", "SDM 3A 6.15", 5, 0, r =>
        {
            r.Store64(k.Scratch, 0x0000_0005_0000_0001);
            r.C.mov(eax, 6);
            r.Here();
            r.C.bound(eax, __qword_ptr[k.Scratch]);
        });
        k.Fault("UD2", "SDM 3A 6.15", 6, 0, r =>
        {
            r.Here();
            r.C.ud2();
        });
        k.Fault("LOCK before an instruction that takes none", "SDM 3A 9.1.2.2", 6, 0, r =>
        {
            r.Here();
            r.C.db(0xF0, 0x01, 0xC0);
        });
        k.Fault("WAIT with CR0.TS and CR0.MP", "SDM 3A 6.15", 7, 0, r =>
        {
            r.C.mov(eax, 0x1B);
            r.C.mov(cr0, eax);
            r.Here();
            r.C.wait();
        });
        k.Fault("an x87 instruction with CR0.EM", "SDM 3A 6.15", 7, 0, r =>
        {
            r.C.mov(eax, 0x15);
            r.C.mov(cr0, eax);
            r.Here();
            r.C.fld1();
        });
        k.Fault("#MF comes with the next x87 instruction", "SDM 3A 6.15", 16, 0, r =>
        {
            r.C.mov(eax, 0x31);
            r.C.mov(cr0, eax);
            r.C.fninit();
            r.C.mov(__word_ptr[k.Scratch], 0x037B);
            r.C.fldcw(__word_ptr[k.Scratch]);
            r.C.fld1();
            r.C.fldz();
            r.C.fdivp(st1, st0);
            r.C.nop();
            r.Here();
            r.C.fld1();
        });
        k.Fault("#AC at CPL 3", "SDM 3A 6.15", 17, 0, r =>
        {
            r.C.mov(eax, 0x4_0011);
            r.C.mov(cr0, eax);
            r.ToUser(0x4_0002);
            r.Here();
            r.C.mov(eax, __dword_ptr[k.Scratch + 1]);
        }, (Cs, Code3));
        k.Case("no #AC at CPL 0", "SDM 3A 6.15", r =>
        {
            r.C.mov(eax, 0x4_0011);
            r.C.mov(cr0, eax);
            r.C.push(0x4_0002);
            r.C.popfd();
            r.C.mov(eax, __dword_ptr[k.Scratch + 1]);
        });
        k.Fault("an instruction of more than 15 bytes", "SDM 3A 6.15 #GP", 13, 0, r =>
        {
            r.Here();
            r.C.db(0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66);
            r.C.db(0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x90);
        });
        foreach ((string name, Action<Assembler> write) in Privileged)
        {
            k.Fault($"{name} at CPL 3", "SDM 3A 5.9", 13, 0, r =>
            {
                r.ToUser();
                r.Here();
                write(r.C);
            }, (Cs, Code3));
        }
    }

    private static readonly (string Name, Action<Assembler> Write)[] Privileged =
    [
        ("HLT", c => c.hlt()), ("CLI", c => c.cli()), ("STI", c => c.sti()), ("MOV to CR0", c => c.mov(cr0, eax)), ("MOV from CR0", c => c.mov(eax, cr0)),
        ("MOV to DR7", c => c.mov(dr7, eax)), ("CLTS", c => c.clts()), ("LMSW", c => c.lmsw(ax)), ("LGDT", c => c.lgdt(__[0])), ("LIDT", c => c.lidt(__[0])),
        ("LLDT", c => c.lldt(ax)), ("LTR", c => c.ltr(ax)), ("INVD", c => c.invd()), ("WBINVD", c => c.wbinvd()), ("INVLPG", c => c.invlpg(__byte_ptr[0])),
        ("RDMSR", c => c.rdmsr()), ("WRMSR", c => c.wrmsr()),
    ];

    private static void WriteGateChecks(RuleKernel k)
    {
        k.Fault("INT n with a gate's DPL below CPL", Int, 13, (0x21 * 8) + 2, r =>
        {
            r.ToUser();
            r.Here();
            r.C.@int(0x21);
        }, (Cs, Code3));
        k.Case("INT n with a gate of DPL 3 from CPL 3", Int, r =>
        {
            r.ToUser();
            r.End();
            r.Here();
            r.C.nop();
        }, (Vector, 0x80), (Cs, Code3), (OuterSs, Data3), (OuterEsp, k.UserStack), (HandlerEsp, k.KernelStack - 20));
        k.Fault("INT n beyond the table's limit", Int, 13, (0x80 * 8) + 2, r =>
        {
            byte[] pointer = new byte[6];
            BitConverter.TryWriteBytes(pointer.AsSpan(), (ushort)0x3FF);
            BitConverter.TryWriteBytes(pointer.AsSpan(2), k.Idt);
            r.C.lidt(__[k.Image.Data(pointer)]);
            r.Here();
            r.C.@int(0x80);
        });
        GateFault(k, "a gate not present", Gate(Code0, k.EndStub, 0x0E), 11, (0x30 * 8) + 2);
        GateFault(k, "a call gate in the IDT", Gate(Code0, k.EndStub, 0x8C), 13, (0x30 * 8) + 2);
        GateFault(k, "a null descriptor in the IDT", 0, 13, (0x30 * 8) + 2);
        GateFault(k, "a gate to null", Gate(0, k.EndStub, 0x8E), 13, 0);
        GateFault(k, "a gate beyond the GDT", Gate(Beyond, k.EndStub, 0x8E), 13, Beyond);
        GateFault(k, "a gate to data", Gate(Data0, k.EndStub, 0x8E), 13, Data0);
        GateFault(k, "a gate to a higher DPL", Gate(Code3, k.EndStub, 0x8E), 13, Code3 & 0xFFF8);
        GateFault(k, "a gate to code not present", Gate(A, k.EndStub, 0x8E), 11, A);
        GateFault(k, "a gate beyond its segment's limit", Gate(B, 0x2000, 0x8E), 13, 0);
        k.Fault("EXT is set when an exception meets a gate not present", ErrorCode, 11, (6 * 8) + 3, r =>
        {
            r.InterruptGate(6, Gate(Code0, k.EndStub, 0x0E));
            r.Here();
            r.C.ud2();
        });
        k.Fault("EXT is set when an exception meets a gate to data", ErrorCode, 13, Data0 | 1, r =>
        {
            r.InterruptGate(6, Gate(Data0, k.EndStub, 0x8E));
            r.Here();
            r.C.ud2();
        });
        k.Fault("INT3 with a gate of DPL 0 from CPL 3", Int, 13, (3 * 8) + 2, r =>
        {
            r.ToUser();
            r.Here();
            r.C.int3();
        });
        k.Fault("an exception ignores the gate's DPL", Gates, 6, 0, r =>
        {
            r.ToUser();
            r.Here();
            r.C.ud2();
        }, (Cs, Code3));
        k.Case("a gate to conforming code runs at CPL 3", Gates, r =>
        {
            Label handler = r.C.CreateLabel();
            r.GateTo(k.Idt + (0x30 * 8), Conforming, () => handler, 0xEE);
            r.ToUser();
            r.C.@int(0x30);
            r.C.Label(ref handler);
            r.C.mov(eax, __dword_ptr[esp + 4]);
            r.Set(Result, eax);
            r.End();
        }, (Vector, 0x80), (Cs, Conforming | 3), (Result, Code3));
        k.Case("a 16-bit interrupt gate", Gates, r =>
        {
            Label handler = r.C.CreateLabel();
            r.Descriptor(A, Segment(0x9B, 12, k.Image.NextCode & 0xFFFF_0000));
            r.GateTo(k.Idt + (0x30 * 8), A, () => handler, 0x86);
            r.C.mov(__word_ptr[k.Idt + (0x30 * 8) + 6], 0x1234);
            r.C.mov(ebx, esp);
            r.C.@int(0x30);
            r.C.Label(ref handler);
            r.C.sub(ebx, esp);
            r.Set(Result, ebx);
            r.C.movzx(eax, __word_ptr[esp + 2]);
            r.Set(Second, eax);

            // CS starts at the section's 64 KiB here.
            r.C.mov(eax, __dword_ptr[k.Resume]);
            r.C.push(Code0);
            r.C.push(eax);
            r.C.retf();
        }, (Result, 6), (Second, Code0));
    }

    private static void GateFault(RuleKernel k, string name, ulong gate, int vector, uint error) =>
        k.Fault(name, Gates, vector, error, r =>
        {
            r.Descriptor(A, Segment(0x1B));
            r.Descriptor(B, Segment(0x9B, 4, 0, 0xFFF));
            r.InterruptGate(0x30, gate);
            r.Here();
            r.C.@int(0x30);
        });

    private static void WriteStacks(RuleKernel k)
    {
        StackFault(k, "TSS.SS1 null", null, 0, 10, 0);
        StackFault(k, "TSS.SS1 with another RPL", Segment(0xB3), B, 10, B);
        StackFault(k, "TSS.SS1 with another DPL", null, Data0 | 1, 10, Data0);
        StackFault(k, "TSS.SS1 read-only", Segment(0xB1), B | 1, 10, B);
        StackFault(k, "TSS.SS1 not present", Segment(0x33), B | 1, 12, B);
        k.Fault("TSS.SS1 without room for the frame", "SDM 2A INT n", 12, B, r =>
        {
            PrepareInner(r, Segment(0xB3, 4, 0, 0xFFF), B | 1);
            r.Store(k.Tss + 12, 0x1010);
            r.ToUser();
            r.Here();
            r.C.@int(0x30);
        });
    }

    private static void PrepareInner(RuleCode r, ulong? descriptor, ushort stack)
    {
        r.Descriptor(RuleLayout.C, Segment(0xBB));
        if (descriptor is { } value)
            r.Descriptor(B, value);
        r.Store(r.K.Tss + 12, r.K.TaskStack);
        r.Store(r.K.Tss + 16, stack);
        r.InterruptGate(0x30, Gate(RuleLayout.C, r.K.EndStub, 0xEE));
    }

    private static void StackFault(RuleKernel k, string name, ulong? descriptor, ushort stack, int vector, uint error) =>
        k.Fault($"INT n to CPL 1, {name}", Int, vector, error, r =>
        {
            PrepareInner(r, descriptor, stack);
            r.ToUser();
            r.Here();
            r.C.@int(0x30);
        }, (Cs, Code3));

    private static void WriteFlags(RuleKernel k)
    {
        const uint All = 0x0000_4202;
        FlagCase(k, "an interrupt gate clears IF and NT", 0x8E, All, 0x0002);
        FlagCase(k, "a trap gate leaves IF", 0x8F, All, 0x0202);
        k.Case("the flags on the stack are the old ones", "SDM 3A 6.8.1", r =>
        {
            r.InterruptGate(0x30, Gate(Code0, k.Stubs[0x21], 0x8E));
            r.C.push((int)All);
            r.C.popfd();
            r.C.@int(0x30);
        }, (Vector, 0x21), (Eflags, All));
        k.Fault("a fault pushes RF", "SDM 3B 18.3.1.1", 6, 0, r =>
        {
            r.C.push(2);
            r.C.popfd();
            r.Here();
            r.C.ud2();
        }, (Eflags, 0x1_0002));
    }

    private static void FlagCase(RuleKernel k, string name, int access, uint flags, uint expected) =>
        k.Case(name, "SDM 3A 6.12.1.2", r =>
        {
            r.InterruptGate(0x30, Gate(Code0, k.Stubs[0x21], access));
            r.C.push((int)flags);
            r.C.popfd();
            r.C.@int(0x30);
        }, (Vector, 0x21), (HandlerEflags, expected));

    private static void WriteDoubleFaults(RuleKernel k)
    {
        k.Fault("#GP whose gate is not present", "SDM 3A 6.15 #DF", 8, 0, r =>
        {
            r.InterruptGate(13, Gate(Code0, k.EndStub, 0x0E));
            r.C.mov(eax, Beyond);
            r.C.mov(ds, ax);
        });
        k.Fault("#NP whose gate leads to data", "SDM 3A 6.15 #DF", 8, 0, r =>
        {
            r.InterruptGate(11, Gate(Data0, k.EndStub, 0x8E));
            r.Descriptor(A, Segment(0x13));
            r.C.mov(eax, A);
            r.C.mov(ds, ax);
        });
        k.Fault("#DE whose gate is not present", "SDM 3A 6.15 #DF", 8, 0, r =>
        {
            r.InterruptGate(0, Gate(Code0, k.EndStub, 0x0E));
            r.C.xor(ecx, ecx);
            r.C.div(ecx);
        });
        k.Fault("#BR whose gate is not present is no double fault", "SDM 3A table 6-5", 11, (5 * 8) + 3, r =>
        {
            r.InterruptGate(5, Gate(Code0, k.EndStub, 0x0E));
            r.Store64(k.Scratch, 0x0000_0005_0000_0001);
            r.C.mov(eax, 6);
            r.Here();
            r.C.bound(eax, __qword_ptr[k.Scratch]);
        });
    }

    /// <summary>Interrupts that the local APIC sends to itself.</summary>
    private static void WriteExternal(RuleKernel k)
    {
        k.Case("an interrupt waits while IF is clear", "SDM 3A 6.8.1", r =>
        {
            SendToSelf(r, 0x2A);
            Wait(r);
            EndOfInterrupt(r, k);
        });
        k.Case("STI holds interrupts for one instruction", "SDM 2B STI", r =>
        {
            SendToSelf(r, 0x2B);
            Wait(r);
            r.C.sti();
            r.C.nop();
            r.Here();
            r.C.nop();
            r.C.cli();
        }, (Vector, 0x2B));
        k.Case("STI then CLI lets nothing in", "SDM 2B STI", r =>
        {
            SendToSelf(r, 0x2A);
            Wait(r);
            r.C.sti();
            r.C.cli();
            EndOfInterrupt(r, k);
        });
        k.Case("MOV to SS holds interrupts for one instruction", "SDM 3A 6.8.3", r =>
        {
            SendToSelf(r, 0x2B);
            Wait(r);
            r.C.mov(eax, Data0);
            r.C.sti();
            r.C.mov(ss, ax);
            r.C.nop();
            r.Here();
            r.C.nop();
            r.C.cli();
        }, (Vector, 0x2B));
        k.Case("HLT ends with an interrupt behind itself", "SDM 2A HLT", r =>
        {
            SendToSelf(r, 0x2B);
            Wait(r);
            r.C.sti();
            r.C.hlt();
            r.Here();
            r.C.nop();
        }, (Vector, 0x2B));
        k.Case("EXT is set when an interrupt meets a gate not present", ErrorCode, r =>
        {
            r.InterruptGate(0x2B, Gate(Code0, k.EndStub, 0x0E));
            SendToSelf(r, 0x2B);
            Wait(r);
            r.C.sti();
            r.C.nop();
            r.C.nop();
            r.C.nop();
        }, (Vector, 11), (Error, (0x2B * 8) + 3));
    }

    /// <summary>The APIC is on, its task priority 0, what an earlier case left in service is ended; then an IPI to itself.</summary>
    private static void SendToSelf(RuleCode r, int vector)
    {
        r.Store(Apic + 0xF0, 0x1FF);
        r.Store(Apic + 0x80, 0);
        r.Store(Apic + 0xB0, 0);
        r.Store(Apic + 0xB0, 0);
        r.Store(Apic + 0x300, 0x4_4000 | (uint)vector);
    }

    /// <summary>Waits until the APIC has it.</summary>
    private static void Wait(RuleCode r)
    {
        Label again = r.C.CreateLabel();
        r.C.mov(ecx, 10000);
        r.C.Label(ref again);
        r.C.dec(ecx);
        r.C.jne(again);
    }

    /// <summary>Takes a waiting interrupt, so that the next case does not meet it.</summary>
    private static void EndOfInterrupt(RuleCode r, RuleKernel k)
    {
        Label handler = r.C.CreateLabel();
        r.GateTo(k.Idt + (0x2A * 8), Code0, () => handler, 0x8E);
        r.C.sti();
        r.C.nop();
        r.C.nop();
        r.C.ud2();
        r.C.Label(ref handler);
        r.C.add(esp, 12);
        r.Store(Apic + 0xB0, 0);
    }
}
