using Iced.Intel;
using static Dominion.Guests.Rules.RuleField;
using static Dominion.Guests.Rules.RuleLayout;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Guests.Rules;

/// <summary>Virtual-8086 mode with and without its extensions, and protected-mode virtual interrupts (SDM volume 3B, chapter 21).</summary>
internal sealed class Virtual8086Rules : RuleGuest
{
    private const uint Privilege3 = 0x3000;
    private const uint Virtual8086 = 0x2_0000;
    private const uint VirtualInterrupt = 0x8_0000;
    private const uint VirtualPending = 0x10_0000;
    private const string Sensitive = "SDM 3B 21.2.7";
    private const string Extensions = "SDM 3B 21.3.2";

    /// <inheritdoc/>
    public override string Name => "rules-virtual8086";

    /// <inheritdoc/>
    protected override void WriteCases(RuleKernel k)
    {
        k.Case("INT n with IOPL 3: the frame", "SDM 3B 21.3.1.1", r => r.ToVirtual8086(Program(k, c => c.@int(0x80)), Privilege3),
            (Vector, 0x80), (Eip, 2), (Cs, 0x1000), (Eflags, Virtual8086 | Privilege3 | 2), (OuterEsp, 0x1000), (OuterSs, 0x3000),
            (OuterEs, 0x2000), (OuterDs, 0x2000), (OuterFs, 0x4000), (OuterGs, 0x5000), (HandlerEsp, k.KernelStack - 36));
        foreach ((string name, Action<Assembler> write) in new (string, Action<Assembler>)[]
        {
            ("INT n", c => c.@int(0x80)), ("CLI", c => c.cli()), ("STI", c => c.sti()), ("PUSHF", c => c.pushf()), ("POPF", c => c.popf()), ("IRET", c => c.iret()),
        })
        {
            k.Fault($"{name} with IOPL below 3", Sensitive, 13, 0, r => r.ToVirtual8086(Program(k, write), 0), (Eip, 0), (Cs, 0x1000));
        }

        k.Fault("HLT", "SDM 3B 21.2.7", 13, 0, r => r.ToVirtual8086(Program(k, c => c.hlt()), Privilege3), (Eip, 0));
        k.Fault("LAR does not exist", "SDM 2A LAR", 6, 0, r => r.ToVirtual8086(Program(k, c => c.lar(ax, bx)), Privilege3), (Eip, 0));
        k.Case("INT3 does not look at IOPL", Sensitive, r =>
        {
            r.InterruptGate(3, Gate(Code0, k.Stubs[3], 0xEE));
            r.ToVirtual8086(Program(k, c => c.int3()), 0);
        }, (Vector, 3), (Eip, 1));
        k.Fault("INT n through a gate to CPL 3", "SDM 2A INT n", 13, Code3 & 0xFFF8, r =>
        {
            r.InterruptGate(0x30, Gate(Code3, k.EndStub, 0xEE));
            r.ToVirtual8086(Program(k, c => c.@int(0x30)), Privilege3);
        }, (Eip, 0));
        k.Fault("INT n through a gate to conforming code", "SDM 2A INT n", 13, Conforming, r =>
        {
            r.InterruptGate(0x30, Gate(Conforming, k.EndStub, 0xEE));
            r.ToVirtual8086(Program(k, c => c.@int(0x30)), Privilege3);
        }, (Eip, 0));
        k.Fault("IN of a port that the bitmap refuses, with IOPL 3", "SDM 1 19.5.2", 13, 0, r =>
        {
            r.C.mov(__byte_ptr[k.Tss + 0x88 + (0x80 / 8)], 1);
            r.ToVirtual8086(Program(k, c => c.@in(al, 0x80)), Privilege3);
        }, (Eip, 0));
        k.Case("IN of a port that the bitmap allows, with IOPL 0", "SDM 1 19.5.2", r =>
        {
            r.InterruptGate(3, Gate(Code0, k.Stubs[3], 0xEE));
            r.ToVirtual8086(
                Program(k, c =>
                {
                    c.@in(al, 0x80);
                    c.int3();
                }),
                0);
        }, (Vector, 3), (Eip, 3));
        k.Case("segments are paragraphs", "SDM 3B 21.1.1", r =>
        {
            r.Store(0x2_0010, 0x4242);
            r.ToVirtual8086(
                Program(k, c =>
                {
                    c.mov(ax, __word_ptr[0x10]);
                    c.mov(__word_ptr[0x20], ax);
                    c.mov(ax, 0x2001);
                    c.mov(ds, ax);
                    c.mov(bx, __word_ptr[0x10]);
                    c.@int(0x80);
                }),
                Privilege3);
        }, (Vector, 0x80), (OuterDs, 0x2001));
        k.Fault("an offset beyond FFFFH", "SDM 3B 21.1.1", 13, 0, r => r.ToVirtual8086(Program(k, c => c.mov(ax, __word_ptr[ebx])), Privilege3), (Eip, 0));
        WriteExtensions(k);
        WriteProtectedVirtualInterrupts(k);
    }

    private static uint Program(RuleKernel k, Action<Assembler> write) => k.Image.Code(16, write);

    private static void Enable(RuleCode r, int bits)
    {
        r.C.mov(eax, bits);
        r.C.mov(cr4, eax);
    }

    private static void WriteExtensions(RuleKernel k)
    {
        k.Case("CLI and STI change VIF", Extensions, r =>
        {
            Enable(r, 1);
            r.InterruptGate(3, Gate(Code0, k.Stubs[3], 0xEE));
            r.ToVirtual8086(
                Program(k, c =>
                {
                    c.sti();
                    c.int3();
                }),
                0);
        }, (Vector, 3), (Eflags, Virtual8086 | VirtualInterrupt | 2));
        k.Case("CLI clears VIF", Extensions, r =>
        {
            Enable(r, 1);
            r.InterruptGate(3, Gate(Code0, k.Stubs[3], 0xEE));
            r.ToVirtual8086(
                Program(k, c =>
                {
                    c.cli();
                    c.int3();
                }),
                VirtualInterrupt);
        }, (Vector, 3), (Eflags, Virtual8086 | 2));
        k.Fault("STI with VIP", Extensions, 13, 0, r =>
        {
            Enable(r, 1);
            r.ToVirtual8086(Program(k, c => c.sti()), VirtualPending);
        }, (Eip, 0));
        k.Case("PUSHF shows VIF as IF and IOPL 3", Extensions, r =>
        {
            Enable(r, 1);
            r.InterruptGate(3, Gate(Code0, k.Stubs[3], 0xEE));
            r.ToVirtual8086(
                Program(k, c =>
                {
                    c.pushf();
                    c.pop(ax);
                    c.mov(__word_ptr[0], ax);
                    c.mov(ax, 0x2222);
                    c.mov(es, ax);
                    c.int3();
                }),
                VirtualInterrupt);
        }, (Vector, 3), (OuterEs, 0x2222));
        k.Case("the word that PUSHF pushed", Extensions, r =>
        {
            r.C.movzx(eax, __word_ptr[0x2_0000]);
            r.Set(Result, eax);
        }, (Result, 0x3202));
        k.Case("POPF changes VIF", Extensions, r =>
        {
            Enable(r, 1);
            r.InterruptGate(3, Gate(Code0, k.Stubs[3], 0xEE));
            r.ToVirtual8086(
                Program(k, c =>
                {
                    c.push(0x0202);
                    c.popf();
                    c.int3();
                }),
                0);
        }, (Vector, 3), (Eflags, Virtual8086 | VirtualInterrupt | 2));
        k.Fault("POPF that sets TF", Extensions, 13, 0, r =>
        {
            Enable(r, 1);
            r.ToVirtual8086(
                Program(k, c =>
                {
                    c.push(0x0102);
                    c.popf();
                }),
                0);
        }, (Eip, 3));
        k.Fault("PUSHF of 32 bits stays sensitive", Extensions, 13, 0, r =>
        {
            Enable(r, 1);
            r.ToVirtual8086(Program(k, c => c.pushfd()), 0);
        }, (Eip, 0));
        Redirect(k, "INT n redirected, IOPL 3", Privilege3, 0x3002, Virtual8086 | Privilege3 | 2);
        Redirect(k, "INT n redirected, IOPL 0: VIF as IF and IOPL 3 on the stack", VirtualInterrupt, 0x3202, Virtual8086 | 2);
        k.Fault("INT n not redirected, IOPL 0", "SDM 3B 21.3.3.4", 13, 0, r =>
        {
            Enable(r, 1);
            r.C.mov(__byte_ptr[k.Tss + 0x68 + (0x60 / 8)], 1);
            r.ToVirtual8086(Program(k, c => c.@int(0x60)), 0);
        }, (Eip, 0));
    }

    /// <summary>INT 60H goes through the vector table of the 8086 program, which leads to 1000:0080; there the pushed flags go to ES.</summary>
    private static void Redirect(RuleKernel k, string name, uint flags, uint pushed, uint after) =>
        k.Case(name, "SDM 3B 21.3.3.4", r =>
        {
            Enable(r, 1);
            r.Store(0x60 * 4, (RuleCode.VirtualCode << 16) | 0x80);
            r.InterruptGate(3, Gate(Code0, k.Stubs[3], 0xEE));
            r.ToVirtual8086(
                Program(k, c =>
                {
                    c.@int(0x60);
                    for (int i = 2; i < 0x80; i++)
                        c.nop();
                    c.mov(bp, sp);
                    c.mov(ax, __word_ptr[bp + 4]);
                    c.mov(es, ax);
                    c.int3();
                }),
                flags);
        }, (Vector, 3), (OuterEs, pushed), (OuterEsp, 0x1000 - 6), (Eflags, after));

    private static void WriteProtectedVirtualInterrupts(RuleKernel k)
    {
        k.Case("CR4.PVI: STI at CPL 3 sets VIF", "SDM 3B 21.4", r =>
        {
            Enable(r, 2);
            r.ToUser();
            r.C.sti();
            r.End();
        }, (Vector, 0x80), (Eflags, VirtualInterrupt | 2));
        k.Fault("CR4.PVI: STI with VIP", "SDM 3B 21.4", 13, 0, r =>
        {
            Enable(r, 2);
            r.ToUser(VirtualPending | 2);
            r.Here();
            r.C.sti();
        });
        k.Case("CR4.PVI: PUSHF is as ever", "SDM 3B 21.4", r =>
        {
            Enable(r, 2);
            r.ToUser(VirtualInterrupt | 2);
            r.C.pushfd();
            r.C.pop(eax);
            r.C.and(eax, 0x3200);
            r.Set(Result, eax);
            r.End();
        }, (Vector, 0x80), (Result, 0));
    }
}
