using Dominion.Cpu.X86.Tests.Modes;
using Iced.Intel;
using Moq;
using static Iced.Intel.AssemblerRegisters;

namespace Dominion.Cpu.X86.Tests.Events;

/// <summary>What holds interrupts and NMIs, and for how long (SDM volume 2, STI and MOV; volume 3A, 6.7.1 and 6.8).</summary>
public sealed class ShadowTests
{
    private const ulong InterruptFlag = 1 << 9;

    [Fact]
    public void StiHoldsAnInterruptBehindTheNextInstruction()
    {
        using SystemMachine machine = WithInterrupt(0x40);
        machine.Assemble(c =>
        {
            c.nop();
            c.nop();
            c.sti();
            c.inc(eax);
            c.inc(eax);
        });
        machine.RunToHandler(0x40);
        Assert.Equal(1UL, machine.State.Gpr[(int)X86Register.Rax]);
    }

    [Fact]
    public void ASecondStiHoldsNothing()
    {
        using SystemMachine machine = WithInterrupt(0x40);
        machine.Assemble(c =>
        {
            c.sti();
            c.sti();
            c.inc(eax);
        });
        machine.RunToHandler(0x40);
        Assert.Equal(0UL, machine.State.Gpr[(int)X86Register.Rax]);
    }

    [Fact]
    public void AnInterruptWakesTheHaltBehindSti()
    {
        using SystemMachine machine = WithInterrupt(0x40);
        ulong end = machine.Assemble(c =>
        {
            c.nop();
            c.sti();
            c.hlt();
        });
        machine.RunToHandler(0x40);
        Assert.Equal(end, machine.Pushed(0, 8));
        Assert.Equal(X86Activity.Halted, machine.State.Activity);
    }

    [Fact]
    public void MovSsHoldsInterrupts()
    {
        using SystemMachine machine = WithInterrupt(0x40);
        machine.State.Gpr[(int)X86Register.Rdx] = SystemMachine.Data0;
        machine.Assemble(c =>
        {
            c.sti();
            c.mov(ss, edx);
            c.inc(eax);
            c.inc(eax);
        });
        machine.RunToHandler(0x40);
        Assert.Equal(1UL, machine.State.Gpr[(int)X86Register.Rax]);
    }

    [Fact]
    public void IretLetsAWaitingNmiIn()
    {
        using var machine = new SystemMachine(64);
        ulong nmi = SystemMachine.Handlers + (2 * SystemMachine.HandlerStride);
        machine.Assemble(
            c =>
            {
                c.inc(r15);
                c.iretq();
            },
            nmi);
        machine.State.NmiBlocked = true;
        machine.State.Gpr[(int)X86Register.Rsp] = SystemMachine.Stack - 40;
        machine.Write(SystemMachine.Stack - 40, SystemMachine.Code + 0x100);
        machine.Write(SystemMachine.Stack - 32, (ulong)SystemMachine.Code0);
        machine.Write(SystemMachine.Stack - 24, 2UL);
        machine.Write(SystemMachine.Stack - 16, SystemMachine.Stack);
        machine.Write(SystemMachine.Stack - 8, (ulong)SystemMachine.Data0);
        machine.Assemble(c =>
        {
            c.nop();
            c.iretq();
        });
        machine.Assemble(c => c.mov(r14, r15), SystemMachine.Code + 0x100);
        machine.Core.SignalNmi();
        Assert.Equal(X86ExitReason.Halted, machine.Run());
        Assert.Equal(1UL, machine.State.Gpr[(int)X86Register.R14]);
        Assert.Equal(1UL, machine.State.Gpr[(int)X86Register.R15]);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(false, 5)]
    [InlineData(true, 5)]
    public void OneNmiWaitsBehindTheOneThatRuns(bool blocked, int sent)
    {
        using var machine = new SystemMachine(64);
        machine.Assemble(
            c =>
            {
                c.inc(r15);
                c.iretq();
            },
            SystemMachine.Handlers + (2 * SystemMachine.HandlerStride));
        if (blocked)
        {
            // The code is itself the end of a handler.
            ulong[] frame = [SystemMachine.Code + 0x100, SystemMachine.Code0, 2, SystemMachine.Stack, SystemMachine.Data0];
            for (int i = 0; i < frame.Length; i++)
                machine.Write(SystemMachine.Stack - 40 + (ulong)(i * 8), frame[i]);
            machine.State.Gpr[(int)X86Register.Rsp] = SystemMachine.Stack - 40;
            machine.State.NmiBlocked = true;
            machine.Assemble(c => c.iretq());
        }

        machine.Assemble(
            c =>
            {
                for (int i = 0; i < 8; i++)
                    c.nop();
            },
            blocked ? SystemMachine.Code + 0x100 : SystemMachine.Code);
        for (int i = 0; i < sent; i++)
            machine.Core.SignalNmi();
        Assert.Equal(X86ExitReason.Halted, machine.Run());
        Assert.Equal(blocked ? 1UL : (ulong)Math.Min(sent, 2), machine.State.Gpr[(int)X86Register.R15]);
    }

    [Fact]
    public void AStartupIpiThatComesTooEarlyIsForgotten()
    {
        using var machine = new SystemMachine(64);
        machine.Assemble(c => c.nop());
        machine.Core.SignalStartup(0x12);
        Assert.Equal(X86ExitReason.Halted, machine.Run());
        machine.State.Activity = X86Activity.WaitForStartup;
        Assert.Equal(X86ExitReason.Halted, machine.Run());
        Assert.Equal(X86Activity.WaitForStartup, machine.State.Activity);
        machine.Core.SignalStartup(0x12);
        machine.Run(1);
        Assert.Equal(0x1200, machine.State.Segments[(int)X86SegmentRegister.Cs].Selector);
    }

    [Fact]
    public void AnInterruptedStringInstructionGoesOnWithRfPushed()
    {
        using SystemMachine machine = WithInterrupt(0x40);
        ref X86State state = ref machine.State;
        state.Rflags |= InterruptFlag;
        state.Gpr[(int)X86Register.Rcx] = 100_000;
        state.Gpr[(int)X86Register.Rdi] = 0x20_0000;
        machine.Core.SetInterruptRequest(false);
        machine.Ports.Setup(p => p.Write(0x80, It.IsAny<Dominion.Buses.AccessWidth>(), It.IsAny<uint>(), 0));
        machine.Assemble(c => c.rep.stosb());
        machine.Run(1);
        machine.Core.SetInterruptRequest(true);
        machine.RunToHandler(0x40);
        Assert.Equal(SystemMachine.Code, machine.Pushed(0, 8));
        Assert.NotEqual(0UL, machine.Pushed(2, 8) & (1 << 16));
        Assert.InRange(state.Gpr[(int)X86Register.Rcx], 1UL, 99_999UL);
    }

    private static SystemMachine WithInterrupt(int vector)
    {
        var machine = new SystemMachine(64);
        var apic = new Mock<IX86LocalApic>();
        apic.Setup(a => a.Acknowledge()).Returns(() =>
        {
            machine.Core.SetInterruptRequest(false);
            return vector;
        });
        machine.Core.LocalApic = apic.Object;
        machine.Core.SetInterruptRequest(true);
        return machine;
    }
}
