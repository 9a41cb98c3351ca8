using Iced.Intel;
using static Dominion.Guests.Rules.RuleField;
using static Dominion.Guests.Rules.RuleLayout;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Guests.Rules;

/// <summary>Segment loads, far transfers, call gates, returns (SDM volume 3A, chapter 5; volume 2).</summary>
internal sealed class SegmentRules : RuleGuest
{
    private const string Jump = "SDM 2A JMP";
    private const string Gates = "SDM 3A 5.8.4";
    private const string Return = "SDM 2B RET";
    private const string Load = "SDM 2B MOV";

    /// <inheritdoc/>
    public override string Name => "rules-segments";

    /// <inheritdoc/>
    protected override void WriteCases(RuleKernel k)
    {
        WriteLoads(k);
        WriteLimits(k);
        WriteJumps(k);
        WriteCallGates(k);
        WriteReturns(k);
        WriteChecks(k);
    }

    private static void WriteLoads(RuleKernel k)
    {
        LoadCase(k, "DS null is allowed", null, 0, ds, -1, 0);
        LoadCase(k, "SS null", null, 0, ss, 13, 0);
        LoadCase(k, "DS beyond the table", null, Beyond, ds, 13, Beyond);
        LoadCase(k, "DS with an LDT that is null", null, 0x0C, ds, 13, 0x0C);
        LoadCase(k, "DS with code that cannot be read", Segment(0x99), A, ds, 13, A);
        LoadCase(k, "DS with code that can be read", Segment(0x9B), A, ds, -1, 0);
        LoadCase(k, "DS with a system segment", null, MainTask, ds, 13, MainTask);
        LoadCase(k, "DS not present", Segment(0x13), A, ds, 11, A);
        LoadCase(k, "SS not present", Segment(0x13), A, ss, 12, A);
        LoadCase(k, "SS read-only", Segment(0x91), A, ss, 13, A);
        LoadCase(k, "SS with code", null, Code0, ss, 13, Code0);
        LoadCase(k, "SS with another RPL", null, Data0 | 1, ss, 13, Data0);
        LoadCase(k, "SS with another DPL", null, Data3, ss, 13, Data3 & 0xFFF8);
        LoadCase(k, "not present comes after the type", Segment(0x19), A, ds, 13, A);
        LoadCase(k, "the error code's RPL bits are clear", null, Beyond | 3, ds, 13, Beyond);
        k.Case("a load sets the accessed bit", "SDM 3A 3.4.5.1", r =>
        {
            r.Descriptor(A, Segment(0x92));
            r.C.mov(eax, A);
            r.C.mov(fs, ax);
            r.C.movzx(eax, __byte_ptr[k.Gdt + A + 5]);
            r.Set(Result, eax);
        }, (Result, 0x93));
        k.Fault("DS with a DPL below CPL 3", Load, 13, Data0, r =>
        {
            r.ToUser();
            r.C.mov(eax, Data0 | 3);
            r.Here();
            r.C.mov(ds, ax);
        });
        k.Case("DS with conforming code of any DPL", Load, r =>
        {
            r.ToUser();
            r.C.mov(eax, Conforming | 3);
            r.C.mov(ds, ax);
            r.End();
        }, (Vector, 0x80));
        k.Case("an LDT's descriptor", "SDM 3A 3.5.1", r =>
        {
            r.C.mov(eax, Ldt);
            r.C.lldt(ax);
            r.LocalDescriptor(8, Segment(0x93, 12, k.Scratch));
            r.C.mov(eax, 0x0C);
            r.C.mov(fs, ax);
            r.C.mov(__dword_ptr.fs[0], 0x1234);
            r.C.mov(eax, __dword_ptr[k.Scratch]);
            r.Set(Result, eax);
        }, (Result, 0x1234));
        k.Fault("LLDT with another type", "SDM 2A LLDT", 13, MainTask, r =>
        {
            r.C.mov(eax, MainTask);
            r.Here();
            r.C.lldt(ax);
        });
        k.Fault("LLDT not present", "SDM 2A LLDT", 11, A, r =>
        {
            r.Descriptor(A, Segment(0x02, 0, k.LdtTable, 0xFF));
            r.C.mov(eax, A);
            r.C.lldt(ax);
        });
        k.Fault("LTR with a busy task", "SDM 2A LTR", 13, MainTask, r =>
        {
            r.C.mov(eax, MainTask);
            r.C.ltr(ax);
        });
        k.Fault("LTR null", "SDM 2A LTR", 13, 0, r =>
        {
            r.C.xor(eax, eax);
            r.C.ltr(ax);
        });
        k.Case("LTR makes a task busy", "SDM 2A LTR", r =>
        {
            r.C.mov(eax, SecondTask);
            r.C.ltr(ax);
            r.C.movzx(eax, __byte_ptr[k.Gdt + SecondTask + 5]);
            r.Set(Result, eax);
        }, (Result, 0x8B));
    }

    private static void LoadCase(RuleKernel k, string name, ulong? descriptor, ushort selector, AssemblerRegisterSegment register, int vector, uint error) =>
        k.Fault(name, Load, vector, error, r =>
        {
            if (descriptor is { } value)
                r.Descriptor(A, value);
            r.C.mov(eax, selector);
            if (vector >= 0)
                r.Here();
            r.C.mov(register, ax);
            if (register == ss)
                r.C.nop();
        });

    private static void WriteLimits(RuleKernel k)
    {
        Access(k, "a doubleword at the limit", Segment(0x93, 4, 0, 0x103), 0x100, false, -1);
        Access(k, "a doubleword across the limit", Segment(0x93, 4, 0, 0x102), 0x100, false, 13);
        Access(k, "page granularity", Segment(0x93, 12, 0, 0), 0xFFC, false, -1);
        Access(k, "beyond page granularity", Segment(0x93, 12, 0, 0), 0xFFD, false, 13);
        Access(k, "an expand-down segment at its limit", Segment(0x97, 4, 0, 0xFFF), 0xFFF, false, 13);
        Access(k, "an expand-down segment above its limit", Segment(0x97, 4, 0, 0xFFF), 0x1000, false, -1);
        Access(k, "an expand-down segment of 16 bits ends at FFFFH", Segment(0x97, 0, 0, 0xFFF), 0xFFFD, false, 13);
        Access(k, "a write to a read-only segment", Segment(0x91), 0x1000, true, 13);
        Access(k, "a write to code", Segment(0x9B), 0x1000, true, 13);
        k.Fault("an access through a null selector", "SDM 3A 5.4.1", 13, 0, r =>
        {
            r.C.xor(eax, eax);
            r.C.mov(fs, ax);
            r.Here();
            r.C.mov(eax, __dword_ptr.fs[0]);
        });
        k.Fault("beyond the limit of SS", "SDM 3A 6.15 #SS", 12, 0, r =>
        {
            r.Descriptor(A, Segment(0x93, 4, k.Scratch, 0xFFF));
            r.C.mov(eax, A);
            r.C.mov(ss, ax);
            r.C.mov(esp, 0x800);
            r.C.mov(ebp, 0x1000);
            r.Here();
            r.C.mov(eax, __dword_ptr[ebp]);
        }, (Cs, Code0));
    }

    private static void Access(RuleKernel k, string name, ulong descriptor, int offset, bool write, int vector) =>
        k.Fault(name, "SDM 3A 5.3", vector, 0, r =>
        {
            r.Descriptor(A, descriptor);
            r.C.mov(eax, A);
            r.C.mov(fs, ax);
            if (vector >= 0)
                r.Here();
            if (write)
                r.C.mov(__dword_ptr.fs[offset], eax);
            else
                r.C.mov(eax, __dword_ptr.fs[offset]);
        });

    private static void WriteJumps(RuleKernel k)
    {
        JumpCase(k, "JMP null", null, 0, 13, 0);
        JumpCase(k, "JMP beyond the table", null, Beyond, 13, Beyond);
        JumpCase(k, "JMP to data", null, Data0, 13, Data0);
        JumpCase(k, "JMP to code not present", Segment(0x1B), A, 11, A);
        JumpCase(k, "JMP with RPL above CPL", null, Code0 | 1, 13, Code0);
        JumpCase(k, "JMP to another DPL", null, Code3, 13, Code3 & 0xFFF8);
        JumpCase(k, "JMP to conforming code of a higher DPL", Segment(0xFF), A, 13, A);
        JumpCase(k, "JMP beyond the segment's limit", Segment(0x9B, 4, 0x1000, 0xFFFFF), A, 13, 0, 0x10_0000);
        JumpCase(k, "JMP to an LDT", null, Ldt, 13, Ldt);
        k.Case("JMP to conforming code from CPL 3", "SDM 3A 5.8.1.2", r =>
        {
            Label target = r.C.CreateLabel();
            r.PrepareFar(Conforming, () => target);
            r.ToUser();
            r.C.jmp(__fword_ptr[k.Far]);
            r.C.Label(ref target);
            r.End();
        }, (Vector, 0x80), (Cs, Conforming | 3), (OuterSs, Data3));
        k.Fault("JMP to CPL 0 from CPL 3", Jump, 13, Code0, r =>
        {
            Label target = r.C.CreateLabel();
            r.PrepareFar(Code0, () => target);
            r.ToUser();
            r.Here();
            r.C.jmp(__fword_ptr[k.Far]);
            r.C.Label(ref target);
            r.End();
        }, (Cs, Code3));
        k.Case("CALL and RET", "SDM 2A CALL", r =>
        {
            Label target = r.C.CreateLabel();
            Label back = r.C.CreateLabel();
            r.PrepareFar(Code0, () => target);
            r.C.mov(ebx, esp);
            r.C.call(__fword_ptr[k.Far]);
            r.C.Label(ref back);
            r.C.sub(ebx, esp);
            r.Set(Third, ebx);
            r.C.jmp(__dword_ptr[k.Resume]);
            r.C.Label(ref target);
            r.C.mov(eax, __dword_ptr.cs[k.Image.PointerTo(() => back)]);
            r.C.sub(eax, __dword_ptr[esp]);
            r.Set(Result, eax);
            r.C.movzx(eax, __word_ptr[esp + 4]);
            r.Set(Second, eax);
            r.C.retf();
        }, (Result, 0), (Second, Code0), (Third, 0));
    }

    private static void JumpCase(RuleKernel k, string name, ulong? descriptor, ushort selector, int vector, uint error, uint offset = 0) =>
        k.Fault(name, Jump, vector, error, r =>
        {
            if (descriptor is { } value)
                r.Descriptor(A, value);
            r.Here();
            r.C.jmp(__fword_ptr[k.FarPointer(selector, offset)]);
        }, (Cs, Code0));

    private static void WriteCallGates(RuleKernel k)
    {
        GateFault(k, "a gate with DPL below CPL", A | 3, 0x8C, Code0, 13, A, user: true);
        GateFault(k, "a gate with DPL below RPL", A | 1, 0x8C, Code0, 13, A, user: false);
        GateFault(k, "a gate not present", A, 0x6C, Code0, 11, A, user: true);
        GateFault(k, "a gate to null", A, 0xEC, 0, 13, 0, user: true);
        GateFault(k, "a gate to data", A, 0xEC, Data0, 13, Data0, user: true);
        GateFault(k, "a gate beyond the table", A, 0xEC, Beyond, 13, Beyond, user: true);
        GateFault(k, "a gate to a higher DPL", A, 0x8C, Code3, 13, Code3 & 0xFFF8, user: false);
        GateFault(k, "a gate to code not present", A, 0xEC, B, 11, B, user: true, r => r.Descriptor(B, Segment(0x1B)));
        StackFault(k, "a gate, TSS.SS1 null", null, 0, 10, 0);
        StackFault(k, "a gate, TSS.SS1 beyond the table", null, Beyond | 1, 10, Beyond);
        StackFault(k, "a gate, TSS.SS1 with another RPL", Segment(0xB3), B, 10, B);
        StackFault(k, "a gate, TSS.SS1 with another DPL", null, Data0 | 1, 10, Data0);
        StackFault(k, "a gate, TSS.SS1 read-only", Segment(0xB1), B | 1, 10, B);
        StackFault(k, "a gate, TSS.SS1 not present", Segment(0x33), B | 1, 12, B);
        k.Fault("JMP through a gate to a lower DPL", Gates, 13, Code0, r =>
        {
            Label target = r.C.CreateLabel();
            r.GateTo(k.Gdt + A, Code0, () => target, 0xEC);
            r.ToUser();
            r.Here();
            r.FarJump(A | 3);
            r.C.Label(ref target);
            r.End();
        });
        k.Case("JMP through a gate to conforming code", Gates, r =>
        {
            Label target = r.C.CreateLabel();
            r.GateTo(k.Gdt + A, Conforming, () => target, 0xEC);
            r.ToUser();
            r.FarJump(A | 3);
            r.C.Label(ref target);
            r.End();
        }, (Vector, 0x80), (Cs, Conforming | 3));
        k.Case("CALL through a gate at the same level", Gates, r =>
        {
            Label target = r.C.CreateLabel();
            r.GateTo(k.Gdt + A, Code0, () => target, 0x8C, 3);
            r.C.mov(ebx, esp);
            r.FarCall(A);
            r.C.Label(ref target);
            r.C.sub(ebx, esp);
            r.Set(Result, ebx);
        }, (Result, 8));
        k.Case("CALL through a gate copies parameters", "SDM 3A 5.8.5", r =>
        {
            Label target = r.C.CreateLabel();
            Label back = r.C.CreateLabel();
            r.GateTo(k.Gdt + A, Code0, () => target, 0xEC, 2);
            r.ToUser();
            r.C.push(0x2222);
            r.C.push(0x1111);
            r.FarCall(A | 3);
            r.C.Label(ref back);
            r.End();
            r.C.Label(ref target);
            r.C.mov(eax, Data0);
            r.C.mov(ds, ax);
            r.C.mov(eax, __dword_ptr[esp + 8]);
            r.Set(Result, eax);
            r.C.mov(eax, __dword_ptr[esp + 12]);
            r.Set(Second, eax);
            r.C.mov(eax, __dword_ptr[esp + 20]);
            r.Set(Third, eax);
            r.C.mov(eax, k.KernelStack);
            r.C.sub(eax, esp);
            r.Set(Fourth, eax);
            r.C.retf(8);
        }, (Vector, 0x80), (Result, 0x1111), (Second, 0x2222), (Third, Data3), (Fourth, 24), (OuterEsp, k.UserStack), (Cs, Code3));
        k.Case("CALL through a gate of 16 bits", Gates, r =>
        {
            Label target = r.C.CreateLabel();
            r.Descriptor(B, Segment(0x9B, 12, k.Image.NextCode & 0xFFFF_0000));
            r.Store64(k.Gdt + A, Gate(Code0, 0, 0xE4, 1));
            r.GateTo(k.Gdt + A, Code0, () => target, 0xE4, 1);

            // The offset of a gate of 16 bits has no high half: the target's segment starts at its 64 KiB.
            r.C.mov(__word_ptr[k.Gdt + A + 2], B);
            r.ToUser();
            r.C.push(0x77778888);
            r.FarCall(A | 3);
            r.C.Label(ref target);
            r.C.mov(eax, Data0);
            r.C.mov(ds, ax);
            r.C.mov(eax, k.KernelStack);
            r.C.sub(eax, esp);
            r.Set(Result, eax);
            r.C.movzx(eax, __word_ptr[esp + 4]);
            r.Set(Second, eax);
            r.C.movzx(eax, __word_ptr[esp + 8]);
            r.Set(Third, eax);
            r.C.mov(eax, __dword_ptr[k.Resume]);
            r.C.push(Code0);
            r.C.push(eax);
            r.C.retf();
        }, (Result, 10), (Second, 0x8888), (Third, Data3));
    }

    private static void GateFault(
        RuleKernel k, string name, ushort selector, int access, ushort target, int vector, uint error, bool user, Action<RuleCode>? prepare = null) =>
        k.Fault(name, Gates, vector, error, r =>
        {
            r.Descriptor(A, Gate(target, k.EndStub, access));
            prepare?.Invoke(r);
            if (user)
                r.ToUser();
            r.Here();
            r.FarCall((ushort)(selector | (user ? 3 : 0)));
        });

    /// <summary>A gate to CPL 1: the exception itself finds CPL 0's stack in order.</summary>
    private static void StackFault(RuleKernel k, string name, ulong? descriptor, ushort stack, int vector, uint error) =>
        GateFault(k, name, A, 0xEC, RuleLayout.C, vector, error, user: true, r =>
        {
            r.Descriptor(RuleLayout.C, Segment(0xBB));
            if (descriptor is { } value)
                r.Descriptor(B, value);
            r.Store(k.Tss + 12, k.TaskStack);
            r.Store(k.Tss + 16, stack);
        });

    private static void WriteReturns(RuleKernel k)
    {
        ReturnFault(k, "RETF to a null CS", 0, null, 13, 0);
        ReturnFault(k, "RETF beyond the table", Beyond, null, 13, Beyond);
        ReturnFault(k, "RETF to data", Data0, null, 13, Data0);
        ReturnFault(k, "RETF to another DPL", Code3 & 0xFFF8, null, 13, Code3 & 0xFFF8);
        ReturnFault(k, "RETF to code not present", A, null, 11, A, r => r.Descriptor(A, Segment(0x1B)));
        ReturnFault(k, "RETF outward with a null SS", Code3, 0, 13, 0);
        ReturnFault(k, "RETF outward, SS with another RPL", Code3, Data3 & 0xFFF8, 13, Data3 & 0xFFF8);
        ReturnFault(k, "RETF outward, SS with another DPL", Code3, Data0 | 3, 13, Data0);
        ReturnFault(k, "RETF outward, SS not present", Code3, A | 3, 12, A, r => r.Descriptor(A, Segment(0x73)));
        ReturnFault(k, "RETF outward, SS read-only", Code3, A | 3, 13, A, r => r.Descriptor(A, Segment(0xF1)));
        k.Fault("RETF inward", Return, 13, Code0, r =>
        {
            r.ToUser();
            r.C.push(Code0);
            r.C.push(0);
            r.Here();
            r.C.retf();
        });
        k.Case("RETF outward empties segments that CPL 3 may not use", Return, r =>
        {
            Label user = r.C.CreateLabel();
            r.C.mov(eax, Data3);
            r.C.mov(gs, ax);
            r.C.mov(eax, __dword_ptr.cs[k.Image.PointerTo(() => user)]);
            r.C.push(Data3);
            r.C.push(k.UserStack);
            r.C.push(Code3);
            r.C.push(eax);
            r.C.retf();
            r.C.Label(ref user);
            r.C.mov(ax, ds);
            r.C.movzx(ebx, ax);
            r.C.mov(ax, gs);
            r.C.movzx(ecx, ax);
            r.C.mov(eax, Data3);
            r.C.mov(ds, ax);
            r.Set(Result, ebx);
            r.Set(Second, ecx);
            r.End();
        }, (Vector, 0x80), (Result, 0), (Second, Data3));
        k.Case("IRET outward does not change IOPL or IF with CPL above them", "SDM 2A IRET", r =>
        {
            Label again = r.C.CreateLabel();
            r.ToUser();
            r.C.pushfd();
            r.C.or(__dword_ptr[esp], 0x3200);
            r.C.push(Code3);
            r.C.mov(eax, __dword_ptr.cs[k.Image.PointerTo(() => again)]);
            r.C.push(eax);
            r.C.iretd();
            r.C.Label(ref again);
            r.C.pushfd();
            r.C.pop(eax);
            r.C.and(eax, 0x3200);
            r.Set(Result, eax);
            r.End();
        }, (Vector, 0x80), (Result, 0));
    }

    private static void ReturnFault(RuleKernel k, string name, ushort code, int? stack, int vector, uint error, Action<RuleCode>? prepare = null) =>
        k.Fault(name, Return, vector, error, r =>
        {
            prepare?.Invoke(r);
            if (stack is { } selector)
            {
                r.C.push(selector);
                r.C.push(k.UserStack);
            }

            r.C.push(code);
            r.C.push(k.EndStub);
            r.Here();
            r.C.retf();
        }, (Cs, Code0));

    private static void WriteChecks(RuleKernel k)
    {
        k.Case("LAR, LSL, VERR, VERW", "SDM 3A 5.10", r =>
        {
            r.C.mov(eax, Data0);
            r.C.lar(ebx, eax);
            r.C.and(ebx, 0x00F0_FF00);
            r.Set(Result, ebx);
            r.C.lsl(ebx, eax);
            r.Set(Second, ebx);
            r.C.xor(edx, edx);
            r.C.verr(ax);
            r.C.setz(dl);
            r.C.verw(ax);
            r.C.setz(dh);
            r.Set(Third, edx);
            r.C.mov(eax, Code0);
            r.C.xor(edx, edx);
            r.C.verr(ax);
            r.C.setz(dl);
            r.C.verw(ax);
            r.C.setz(dh);
            r.Set(Fourth, edx);
        }, (Result, 0x00C0_9300), (Second, 0xFFFF_FFFF), (Third, 0x0101), (Fourth, 0x0001));
        k.Case("LAR and LSL refuse what has no rights or limit", "SDM 2A LAR, LSL", r =>
        {
            r.C.xor(edx, edx);
            r.InterruptGate(0x30, 0);
            r.Descriptor(A, Gate(Code0, 0, 0x8C));
            r.C.mov(eax, A);
            r.C.lar(ebx, eax);
            r.C.setz(dl);
            r.C.lsl(ebx, eax);
            r.C.setz(dh);
            r.Set(Result, edx);
            r.Descriptor(A, Gate(Code0, 0, 0x8E));
            r.C.xor(edx, edx);
            r.C.lar(ebx, eax);
            r.C.setz(dl);
            r.Set(Second, edx);
        }, (Result, 0x0001), (Second, 0));
        k.Case("ARPL", "SDM 3A 5.10.4", r =>
        {
            r.C.mov(eax, 0x10);
            r.C.mov(ebx, 0x1B);
            r.C.xor(edx, edx);
            r.C.arpl(ax, bx);
            r.C.setz(dl);
            r.C.arpl(ax, bx);
            r.C.setz(dh);
            r.C.shl(edx, 16);
            r.C.or(eax, edx);
            r.Set(Result, eax);
        }, (Result, 0x0001_0013));
    }
}
