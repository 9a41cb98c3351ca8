using Iced.Intel;
using static Dominion.Guests.Rules.RuleField;
using static Dominion.Guests.Rules.RuleLayout;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Guests.Rules;

/// <summary>IA-32e mode: gates, stacks, far transfers, canonical addresses, control registers, MSRs (SDM volume 3A, chapters 2, 5 and 6; volume 4).</summary>
internal sealed class LongModeRules : RuleGuest
{
    private const string Gates = "SDM 3A 6.14";
    private const string Canonical = "SDM 1 3.3.7.1";
    private const ulong NonCanonical = 0x8000_0000_0000;
    /// <summary>Bases are checked against the widest linear addresses that the processor has, 57 bits.</summary>
    private const ulong NonCanonicalBase = 0x0123_0000_0000_0000;

    private const uint StackTable1 = 0x24;

    /// <inheritdoc/>
    public override string Name => "rules-long";

    /// <inheritdoc/>
    protected override void WriteCases(RuleKernel k)
    {
        WriteGates(k);
        WriteTransfers(k);
        WriteAddresses(k);
        WriteControlRegisters(k);
        WriteMsrs(k);
    }

    /// <summary>A gate of 16 bytes in a table.</summary>
    private static void WideGate(RuleCode r, uint address, ushort selector, uint offset, int access, int stack = 0, uint high = 0)
    {
        r.Store64(address, Gate(selector, offset, access, stack));
        r.Store64(address + 8, high);
    }

    /// <summary>Goes on at CPL 3 in 64-bit mode, with a stack there; code and data are made accessible to it.</summary>
    private static void ToUser(RuleCode r)
    {
        Label user = r.C.CreateLabel();
        OpenToUser(r);
        r.C.push(Data64User);
        r.C.push((int)r.K.UserStack);
        r.C.push(2);
        r.C.push(Code64User);
        r.C.push(__qword_ptr[r.K.Image.PointerTo(() => user)]);
        r.C.iretq();
        r.C.Label(ref user);
        r.C.nop();
    }

    /// <summary>Gives the large pages of the guest to CPL 3.</summary>
    private static void OpenToUser(RuleCode r)
    {
        for (uint page = 0; page < 8; page++)
            r.Store(r.K.Pages + 0x2000 + (page * 8), (page << 21) | 0x87);
        r.C.mov(rax, cr3);
        r.C.mov(cr3, rax);
    }

    private static void WriteGates(RuleKernel k)
    {
        k.LongCase("SS:RSP is pushed at the same level, RSP is aligned", Gates, r =>
        {
            r.C.mov(esp, k.StackTop64 - 8 - 3);
            r.C.@int(0x80);
        }, (Vector, 0x80), (Cs, Code64), (OuterEsp, k.StackTop64 - 11), (OuterSs, Data0), (HandlerEsp, k.StackTop64 - 16 - 40));
        k.LongCase("from CPL 3: RSP0, SS becomes null", Gates, r =>
        {
            ToUser(r);
            r.C.@int(0x80);
        }, (Vector, 0x80), (Cs, Code64User), (OuterSs, Data64User), (OuterEsp, k.UserStack), (HandlerEsp, k.KernelStack - 40), (OuterEs, 0));
        k.LongCase("an interrupt stack of the TSS", "SDM 3A 6.14.5", r =>
        {
            WideGate(r, k.Idt64 + (0x21 * 16), Code64, k.LongStubs[0x21], 0x8E, 1);
            r.C.@int(0x21);
        }, (Vector, 0x21), (HandlerEsp, k.TaskStack - 40));
        k.LongFault("an interrupt stack that is not canonical", "SDM 3A 6.14.5", 8, 0, r =>
        {
            r.Store(k.Tss64 + StackTable1 + 8 + 4, 0x8000);
            WideGate(r, k.Idt64 + (0x21 * 16), Code64, k.LongStubs[0x21], 0x8E, 2);
            WideGate(r, k.Idt64 + (12 * 16), Code64, k.LongStubs[12], 0x0E);
            r.C.@int(0x21);
        });
        k.LongFault("INT n with a gate's DPL below CPL", Gates, 13, (0x21 * 8) + 2, r =>
        {
            ToUser(r);
            r.Here();
            r.C.@int(0x21);
        });
        GateFault(k, "a gate not present", Code64, 0x0E, 11, (0x30 * 8) + 2);
        GateFault(k, "a task gate", Code64, 0x85, 13, (0x30 * 8) + 2);
        GateFault(k, "a 16-bit gate", Code64, 0x86, 13, (0x30 * 8) + 2);
        GateFault(k, "a gate to compatibility code", Code0, 0x8E, 13, Code0);
        GateFault(k, "a gate to null", 0, 0x8E, 13, 0);
        GateFault(k, "a gate to data", Data0, 0x8E, 13, Data0);
        GateFault(k, "a gate to a higher DPL", Code64User & 0xFFF8, 0x8E, 13, Code64User & 0xFFF8);
        k.LongFault("a gate whose offset is not canonical", Gates, 13, 0, r =>
        {
            WideGate(r, k.Idt64 + (0x30 * 16), Code64, k.LongStubs[0x21], 0x8E, 0, 0x8000);
            r.Here();
            r.C.@int(0x30);
        });
        k.LongCase("a trap gate leaves IF", Gates, r =>
        {
            WideGate(r, k.Idt64 + (0x30 * 16), Code64, k.LongStubs[0x21], 0x8F);
            r.C.push(0x202);
            r.C.popfq();
            r.C.@int(0x30);
        }, (Vector, 0x21), (HandlerEflags, 0x202));
        k.LongFault("#GP whose gate is not present", "SDM 3A 6.15 #DF", 8, 0, r =>
        {
            WideGate(r, k.Idt64 + (13 * 16), Code64, k.LongStubs[13], 0x0E);
            r.C.mov(rax, NonCanonical);
            r.C.mov(eax, __dword_ptr[rax]);
        });
        k.LongFault("#PF whose gate is not present", "SDM 3A 6.15 #DF", 8, 0, r =>
        {
            WideGate(r, k.Idt64 + (14 * 16), Code64, k.LongStubs[14], 0x0E);
            r.C.mov(eax, __dword_ptr[RuleKernel.TestPage]);
        });
        k.LongFault("#DE whose handler's stack faults is #PF", "SDM 3A table 6-5", 14, 2, r =>
        {
            // #DE is contributory, #PF after it is handled by itself: the page fault's own stack is in order.
            r.Store(k.Tss64 + StackTable1 + 8, RuleKernel.TestPage + 0x800);
            r.Store(k.Tss64 + StackTable1 + 12, 0);
            WideGate(r, k.Idt64, Code64, k.LongStubs[0], 0x8E, 2);
            r.C.xor(ecx, ecx);
            r.Here();
            r.C.div(ecx);
        });
    }

    private static void GateFault(RuleKernel k, string name, ushort selector, int access, int vector, uint error) =>
        k.LongFault(name, Gates, vector, error, r =>
        {
            WideGate(r, k.Idt64 + (0x30 * 16), selector, k.LongStubs[0x21], access);
            r.Here();
            r.C.@int(0x30);
        });

    private static void WriteTransfers(RuleKernel k)
    {
        k.LongCase("a call gate of 16 bytes", "SDM 3A 5.8.3.1", r =>
        {
            Label target = r.C.CreateLabel();
            r.C.mov(rax, __qword_ptr[k.Image.PointerTo(() => target)]);
            r.C.mov(__word_ptr[k.Gdt + A], ax);
            r.C.shr(eax, 16);
            r.C.mov(__word_ptr[k.Gdt + A + 6], ax);
            r.C.mov(__word_ptr[k.Gdt + A + 2], Code64);
            r.C.mov(__word_ptr[k.Gdt + A + 4], unchecked((short)0x8C00));
            r.Store64(k.Gdt + A + 8, 0);
            r.C.mov(rbx, rsp);
            r.C.call(__fword_ptr[k.FarPointer(A, 0)]);
            r.C.Label(ref target);
            r.C.sub(rbx, rsp);
            r.Set(Result, ebx);
        }, (Result, 16));
        k.LongFault("a call gate with a type in its upper half", "SDM 3A 5.8.3.1", 13, A, r =>
        {
            WideGate(r, k.Gdt + A, Code64, k.LongStubs[0x21], 0x8C);
            r.Store(k.Gdt + A + 12, 0x100);
            r.Here();
            r.C.call(__fword_ptr[k.FarPointer(A, 0)]);
        });
        k.LongFault("a call gate to compatibility code", "SDM 2A CALL", 13, Code0, r =>
        {
            WideGate(r, k.Gdt + A, Code0, k.LongStubs[0x21], 0x8C);
            r.Here();
            r.C.call(__fword_ptr[k.FarPointer(A, 0)]);
        });
        k.LongFault("a far jump to a TSS", "SDM 3A 8.7", 13, Task64, r =>
        {
            r.Here();
            r.C.jmp(__fword_ptr[k.FarPointer(Task64, 0)]);
        });
        k.LongFault("code with L and D", "SDM 2A JMP", 13, A, r =>
        {
            r.Descriptor(A, Segment(0x9B, 14));
            r.Here();
            r.C.jmp(__fword_ptr[k.FarPointer(A, 0)]);
        });
        k.LongFault("IRET with NT", "SDM 2A IRET", 13, 0, r =>
        {
            r.C.push(0x4002);
            r.C.popfq();
            r.Here();
            r.C.iretq();
        });
        k.LongFault("IRET to an address that is not canonical", "SDM 2A IRET", 13, 0, r =>
        {
            r.C.mov(rax, NonCanonical);
            r.C.push(Data0);
            r.C.push((int)k.StackTop64);
            r.C.push(2);
            r.C.push(Code64);
            r.C.push(rax);
            r.Here();
            r.C.iretq();
        });
        k.LongFault("IRET to CPL 3 with a null SS, to compatibility code", "SDM 2A IRET", 13, 0, r =>
        {
            r.C.push(3);
            r.C.push((int)k.UserStack);
            r.C.push(2);
            r.C.push(Code3);
            r.C.push(0);
            r.Here();
            r.C.iretq();
        });
        k.LongCase("IRET to CPL 0 with a null SS", "SDM 2A IRET", r =>
        {
            Label target = r.C.CreateLabel();
            r.C.push(0);
            r.C.push((int)k.StackTop64);
            r.C.push(2);
            r.C.push(Code64);
            r.C.push(__qword_ptr[k.Image.PointerTo(() => target)]);
            r.C.iretq();
            r.C.Label(ref target);
            r.C.mov(ax, ss);
            r.C.movzx(eax, ax);
            r.Set(Result, eax);
        }, (Result, 0));
        k.LongCase("SYSCALL and SYSRET", "SDM 2B SYSCALL, SYSRET", r =>
        {
            Label entry = r.C.CreateLabel();
            Label user = r.C.CreateLabel();
            WriteMsr(r, 0xC000_0080, 0x501);
            r.C.mov(ecx, 0xC000_0081);
            r.C.xor(eax, eax);
            r.C.mov(edx, (0x7B << 16) | 0x08);
            r.C.wrmsr();
            r.C.mov(rax, __qword_ptr[k.Image.PointerTo(() => entry)]);
            r.C.xor(edx, edx);
            r.C.mov(ecx, 0xC000_0082);
            r.C.wrmsr();
            WriteMsr(r, 0xC000_0084, 0x200);
            OpenToUser(r);
            r.Descriptor(Code0, Segment(0x9B, 10));
            r.C.mov(rcx, __qword_ptr[k.Image.PointerTo(() => user)]);
            r.C.mov(r11d, 0x202);
            r.C.sysretq();
            r.C.Label(ref user);
            r.C.pushfq();
            r.C.pop(rbx);
            r.C.syscall();
            r.C.Label(ref entry);
            r.Set(Result, ebx);
            r.Set(Second, r11d);
            r.C.pushfq();
            r.C.pop(rax);
            r.Set(Third, eax);
            r.C.mov(ax, cs);
            r.C.movzx(eax, ax);
            r.Set(Fourth, eax);
            r.Descriptor(Code0, Segment(0x9B));
        }, (Result, 0x202), (Second, 0x202), (Third, 2), (Fourth, Code0));
        k.LongFault("SYSCALL with EFER.SCE clear", "SDM 2B SYSCALL", 6, 0, r =>
        {
            r.Here();
            r.C.syscall();
        });
        k.LongFault("SWAPGS at CPL 3", "SDM 2B SWAPGS", 13, 0, r =>
        {
            ToUser(r);
            r.Here();
            r.C.swapgs();
        });
        foreach ((string name, byte[] code) in new (string, byte[])[] { ("PUSH ES", [0x06]), ("AAA", [0x37]), ("INTO", [0xCE]), ("a far JMP with an immediate", [0xEA]), ("LES", [0xC4, 0x00]), ("PUSHA", [0x60]) })
        {
            k.LongFault($"{name} does not exist", "SDM 2 appendix A", 6, 0, r =>
            {
                r.Here();
                r.C.db(code);
                r.C.nop();
                r.C.nop();
                r.C.nop();
                r.C.nop();
                r.C.nop();
                r.C.nop();
            });
        }
    }

    private static void WriteAddresses(RuleKernel k)
    {
        k.LongFault("a data address that is not canonical", Canonical, 13, 0, r =>
        {
            r.C.mov(rax, NonCanonical);
            r.Here();
            r.C.mov(ecx, __dword_ptr[rax]);
        });
        k.LongFault("a stack address that is not canonical", Canonical, 12, 0, r =>
        {
            r.C.mov(rbp, NonCanonical);
            r.Here();
            r.C.mov(ecx, __dword_ptr[rbp]);
        });
        k.LongFault("an access across the canonical boundary", Canonical, 13, 0, r =>
        {
            r.C.mov(rax, NonCanonical - 4);
            r.Here();
            r.C.mov(rcx, __qword_ptr[rax]);
        });
        k.LongFault("a jump to an address that is not canonical", Canonical, 13, 0, r =>
        {
            r.C.mov(rax, NonCanonical);
            r.Here();
            r.C.jmp(rax);
        });
        k.LongCase("INVLPG of one does nothing", "SDM 2A INVLPG", r =>
        {
            r.C.mov(rax, NonCanonical);
            r.C.invlpg(__byte_ptr[rax]);
        });
        k.LongFault("LGDT of one", "SDM 2A LGDT", 13, 0, r =>
        {
            r.Store64(k.Scratch, 0x0000_0000_0000_FFFF);
            r.Store64(k.Scratch + 2, NonCanonicalBase);
            r.Here();
            r.C.lgdt(__[k.Scratch]);
        });
    }

    private static void WriteControlRegisters(RuleKernel k)
    {
        ControlFault(k, "CR0.PG without PE", cr0, 0x8000_0010, "SDM 2B MOV CR");
        ControlFault(k, "CR0.NW without CD", cr0, 0xA001_0011, "SDM 3A 2.5");
        ControlFault(k, "CR0 above bit 31", cr0, 0x1_8001_0011, "SDM 2B MOV CR");
        ControlFault(k, "CR0.PG cleared in 64-bit mode", cr0, 0x11, "SDM 2B MOV CR");
        ControlFault(k, "CR4.PAE cleared", cr4, 0x600, "SDM 3A 2.5");
        ControlFault(k, "CR4 with a reserved bit", cr4, 0x8000_0620, "SDM 3A 2.5");
        ControlFault(k, "CR4.LA57 changed", cr4, 0x1620, "SDM 3A 2.5");
        ControlFault(k, "CR3 with a reserved bit", cr3, 0x0010_0000_0000_0000, "SDM 2B MOV CR");
        ControlFault(k, "CR3 bit 63 without PCIDs", cr3, 0x8000_0000_0000_0000, "SDM 2B MOV CR");
        ControlFault(k, "CR8 above 15", cr8, 0x10, "SDM 3A 11.8.6");
        k.LongFault("DR7 above bit 31", "SDM 3B 18.2.6", 13, 0, r =>
        {
            r.C.mov(rax, 0x1_0000_0400);
            r.Here();
            r.C.mov(dr7, rax);
        });
        k.LongFault("DR6 above bit 31", "SDM 3B 18.2.6", 13, 0, r =>
        {
            r.C.mov(rax, 0x1_FFFF_0FF0);
            r.Here();
            r.C.mov(dr6, rax);
        });
        k.LongCase("CR8 is the task priority", "SDM 3A 11.8.6", r =>
        {
            r.C.mov(eax, 5);
            r.C.mov(cr8, rax);
            r.C.mov(rcx, cr8);
            r.Set(Result, ecx);
            r.C.xor(eax, eax);
            r.C.mov(cr8, rax);
        }, (Result, 5));
    }

    private static void ControlFault(RuleKernel k, string name, AssemblerRegisterCR register, ulong value, string section) =>
        k.LongFault(name, section, 13, 0, r =>
        {
            r.C.mov(rax, value);
            r.Here();
            r.C.mov(register, rax);
        });

    private static void WriteMsr(RuleCode r, uint index, ulong value)
    {
        r.C.mov(ecx, index);
        r.C.mov(eax, (uint)value);
        r.C.mov(edx, (uint)(value >> 32));
        r.C.wrmsr();
    }

    private static void WriteMsrs(RuleKernel k)
    {
        MsrFault(k, "an MSR that does not exist", 0x4FFF_FFFF, 0);
        MsrFault(k, "EFER with a reserved bit", 0xC000_0080, 0x8_0000_0501);
        MsrFault(k, "EFER.LME changed while paging", 0xC000_0080, 0x401);
        MsrFault(k, "LSTAR not canonical", 0xC000_0082, NonCanonicalBase);
        MsrFault(k, "CSTAR not canonical", 0xC000_0083, NonCanonicalBase);
        MsrFault(k, "FS base not canonical", 0xC000_0100, NonCanonicalBase);
        MsrFault(k, "GS base not canonical", 0xC000_0101, NonCanonicalBase);
        MsrFault(k, "kernel GS base not canonical", 0xC000_0102, NonCanonicalBase);
        MsrFault(k, "SYSENTER_EIP not canonical", 0x176, NonCanonicalBase);
        MsrFault(k, "SYSENTER_ESP not canonical", 0x175, NonCanonicalBase);
        MsrFault(k, "PAT with a reserved type", 0x277, 0x0007_0406_0007_0402);
        MsrFault(k, "the default memory type with a reserved type", 0x2FF, 0x802);
        MsrFault(k, "the default memory type with a reserved bit", 0x2FF, 0x1806);
        MsrFault(k, "a variable range's mask with a reserved bit", 0x201, 0x400);
        MsrFault(k, "APIC base with a reserved bit", 0x1B, 0xFEE0_0801);
        MsrFault(k, "x2APIC with the APIC off", 0x1B, 0xFEE0_0400);
        MsrFault(k, "MTRRCAP is read-only", 0xFE, 0);
        MsrFault(k, "TSC_AUX above bit 31", 0xC000_0103, 0x1_0000_0000);
        k.LongFault("RDMSR of an MSR that does not exist", "SDM 2B RDMSR", 13, 0, r =>
        {
            r.C.mov(ecx, 0x4FFF_FFFF);
            r.Here();
            r.C.rdmsr();
        });
        k.LongCase("EFER.LMA cannot be written", "SDM 3A 2.2.1", r =>
        {
            WriteMsr(r, 0xC000_0080, 0x101);
            r.C.rdmsr();
            r.Set(Result, eax);
        }, (Result, 0x501));
        k.LongCase("an FS base is used", "SDM 3A 3.4.4.1", r =>
        {
            WriteMsr(r, 0xC000_0100, k.Scratch);
            r.C.mov(__dword_ptr.fs[8], 0x4321);
            r.C.mov(eax, __dword_ptr[k.Scratch + 8]);
            r.Set(Result, eax);
        }, (Result, 0x4321));
        k.LongFault("XSETBV with x87 off", "SDM 2D XSETBV", 13, 0, r =>
        {
            r.C.mov(rax, cr4);
            r.C.or(eax, 0x4_0000);
            r.C.mov(cr4, rax);
            r.C.xor(ecx, ecx);
            r.C.xor(edx, edx);
            r.C.mov(eax, 2);
            r.Here();
            r.C.xsetbv();
        });
        k.LongFault("XSETBV with AVX and without SSE", "SDM 2D XSETBV", 13, 0, r =>
        {
            r.C.mov(rax, cr4);
            r.C.or(eax, 0x4_0000);
            r.C.mov(cr4, rax);
            r.C.xor(ecx, ecx);
            r.C.xor(edx, edx);
            r.C.mov(eax, 5);
            r.Here();
            r.C.xsetbv();
        });
    }

    private static void MsrFault(RuleKernel k, string name, uint index, ulong value) =>
        k.LongFault($"WRMSR, {name}", "SDM 2D WRMSR; SDM 4", 13, 0, r =>
        {
            r.C.mov(ecx, index);
            r.C.mov(eax, (uint)value);
            r.C.mov(edx, (uint)(value >> 32));
            r.Here();
            r.C.wrmsr();
        });
}
